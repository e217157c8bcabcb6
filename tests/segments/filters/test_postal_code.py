import pytest

from tests.make import make_member
from tests.segments.make import meant

pytestmark = pytest.mark.django_db


def test_an_area_is_what_its_codes_begin_with_with_a_space_or_without() -> None:
    for name, code in {"A": "411 23", "B": "41123", "C": "412 05", "D": "", "E": "1411 2"}.items():
        make_member(name, postal_code=code)
    asked = {"field": "postal_code"}
    assert meant({**asked, "op": "starts", "value": "411"}) == ["A", "B"]
    assert meant({**asked, "op": "starts", "value": "41"}) == ["A", "B", "C"]
    assert meant({**asked, "op": "eq", "value": "4 1123"}) == ["A", "B"]
    assert meant({**asked, "op": "in", "value": ["41205", "411 23"]}) == ["A", "B", "C"]
    assert meant({**asked, "op": "not_in", "value": ["41205", "411 23"]}) == ["E"]
    assert meant({**asked, "op": "pattern", "value": "41?2*"}) == ["A", "B"]
    assert meant({**asked, "op": "not_set"}) == ["D"]
