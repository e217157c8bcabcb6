import pytest

from tests.make import make_member
from tests.segments.make import meant

pytestmark = pytest.mark.django_db


def test_a_first_name_is_found_whatever_its_case_and_a_blank_is_missing() -> None:
    make_member("Åsa")
    make_member("Bo")
    make_member("", email="")
    assert meant({"field": "first_name", "op": "eq", "value": "åSA"}) == ["Åsa"]
    assert meant({"field": "first_name", "op": "ne", "value": "åsa"}) == ["Bo"]
    assert meant({"field": "first_name", "op": "not_set"}) == [""]
    assert meant({"not": {"field": "first_name", "op": "eq", "value": "åsa"}}) == ["", "Bo"]
