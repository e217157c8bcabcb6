import pytest

from segments.engine.errors import Malformed
from tests.make import make_member
from tests.segments.make import meant

pytestmark = pytest.mark.django_db


def test_a_language_is_one_that_the_club_speaks() -> None:
    make_member("A", language="sv")
    make_member("B", language="nb")
    assert meant({"field": "language", "op": "in", "value": ["nb", "en"]}) == ["B"]
    assert meant({"field": "language", "op": "ne", "value": "nb"}) == ["A"]
    with pytest.raises(Malformed, match="choice_is_not_known"):
        meant({"field": "language", "op": "eq", "value": "tlh"})
