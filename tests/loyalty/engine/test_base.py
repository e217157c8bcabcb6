"""How much of a line counts."""

import pytest

from loyalty.engine.happening import Line
from loyalty.engine.values import Base

LINE = Line("1", quantity=2_500, gross=20_000, discount=2_500, voucher=5_000, vat_rate=2_500)


@pytest.mark.parametrize(
    ("amount", "expected"),
    [("paid", 12_500), ("before_vouchers", 17_500), ("net", 10_000), ("list", 20_000), ("quantity", 2_500)],
)
def test_what_is_read_off_a_line(amount: str, expected: int) -> None:
    assert Base(amount).amounts([LINE]) == [expected]


def test_pieces_have_thousandths_and_money_has_ore() -> None:
    assert (Base("quantity").scale, Base("quantity").is_money) == (1_000, False)
    assert (Base().scale, Base().is_money, Base().per) == (100, True, "receipt")


def test_tax_is_taken_out_half_up_to_the_ore() -> None:
    assert Line("1", 1_000, 100, vat_rate=2_500).net == 80
    assert Line("1", 1_000, 99, vat_rate=1_200).net == 88
    assert Line("1", 1_000, 1_999, vat_rate=600).net == 1_886
    assert Line("1", 1_000, 1_999).net == 1_999
