"""The list that a draw is made from."""

from loyalty.engine.draws import listed


def test_the_list_is_in_the_order_of_the_accounts_however_many_digits_they_have() -> None:
    assert listed({"10": 1, "9": 2, "100": 1}) == ["9", "10", "100"]
    assert listed({"bo": 1, "anna": 1}) == ["anna", "bo"]
