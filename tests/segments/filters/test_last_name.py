import pytest

from tests.make import make_member
from tests.segments.make import meant

pytestmark = pytest.mark.django_db


def test_a_last_name_is_compared_as_text_and_no_sign_in_it_means_anything_else() -> None:
    make_member("A", last_name="von (Öst) 50%")
    make_member("B", last_name="Väst")
    assert meant({"field": "last_name", "op": "contains", "value": "(öst)"}) == ["A"]
    assert meant({"field": "last_name", "op": "ends", "value": "50%"}) == ["A"]
    assert meant({"field": "last_name", "op": "starts", "value": "von ("}) == ["A"]
    assert meant({"field": "last_name", "op": "contains", "value": ".*"}) == []
    assert meant({"field": "last_name", "op": "in", "value": ["VÄST", "x"]}) == ["B"]
