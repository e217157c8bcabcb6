import hashlib
import re
from datetime import timedelta

import pytest

from members import actions
from members.models import ApiKey, StoredAnswer
from tests.make import NOON, make_api_key, make_store

pytestmark = pytest.mark.django_db


def test_a_key_is_shown_once_and_only_its_digest_is_kept() -> None:
    row, key = make_api_key("read", "orders", "read", store=make_store())
    assert re.fullmatch(r"sk_[0-9a-f]{8}_[0-9a-f]{48}", key)
    assert row.prefix == key.split("_")[1]
    assert row.digest == hashlib.sha256(key.encode()).hexdigest()
    assert row.scopes == ["orders", "read"]
    secret = key.split("_")[2]
    assert not any(secret in str(value) for value in ApiKey.objects.values_list().get())


@pytest.mark.parametrize(
    ("bundle", "scopes"),
    [
        ("shop", ["goods", "members", "orders", "read", "vouchers"]),
        ("till", ["orders", "read", "vouchers"]),
        ("read-only", ["read"]),
        ("server", sorted(ApiKey.Scope)),
    ],
)
def test_a_bundle_is_the_scopes_that_it_stands_for(bundle: str, scopes: list[str]) -> None:
    row, _key = make_api_key(bundle)
    assert row.scopes == scopes


def test_a_bundle_and_scopes_are_taken_together() -> None:
    row, _key = make_api_key("till", "points")
    assert row.scopes == ["orders", "points", "read", "vouchers"]


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"name": " "}, "name_is_missing"),
        ({"name": "n" * 81}, "name_is_missing"),
        ({"source": "the web"}, "source_is_not_valid"),
        ({"source": ""}, "source_is_not_valid"),
        ({"scopes": []}, "scopes_are_missing"),
        ({"scopes": ["everything"]}, "scope_is_not_known"),
        ({"expires_at": NOON}, "expires_in_the_past"),
    ],
)
def test_what_cannot_be_is_refused(changed: dict[str, object], key: str) -> None:
    wanted: dict[str, object] = {"name": "Till", "source": "till", "scopes": ["read"], **changed}
    with pytest.raises(actions.UnableToCreateApiKey, match=key):
        actions.create_api_key(**wanted, now=NOON, actor="test")  # type: ignore[arg-type]
    assert ApiKey.objects.count() == 0


def test_a_name_is_given_once() -> None:
    make_api_key()
    with pytest.raises(actions.UnableToCreateApiKey, match="name_is_taken"):
        make_api_key()


def test_a_key_opens_nothing_once_it_has_expired_or_is_revoked() -> None:
    row, _key = make_api_key(expires_at=NOON + timedelta(days=1))
    assert row.is_valid(NOON + timedelta(hours=23))
    assert not row.is_valid(NOON + timedelta(days=1))
    for hours in (1, 2):
        actions.revoke_api_key(api_key=row, now=NOON + timedelta(hours=hours), actor="test")
    row.refresh_from_db()
    assert row.revoked_at == NOON + timedelta(hours=1)
    assert not row.is_valid(NOON)


def test_use_is_noted_once_a_minute() -> None:
    row, _key = make_api_key()
    for seconds, noted in ((0, 0), (59, 0), (60, 60)):
        actions.note_use(api_key=row, now=NOON + timedelta(seconds=seconds))
        row.refresh_from_db()
        assert row.last_used_at == NOON + timedelta(seconds=noted)


def test_stored_answers_are_forgotten_after_three_days() -> None:
    row, _key = make_api_key()
    for hours in (71, 73):
        StoredAnswer.objects.create(
            api_key=row,
            key=str(hours),
            fingerprint="",
            status=200,
            body={},
            answered_at=NOON - timedelta(hours=hours),
        )
    assert actions.forget_answers(now=NOON) == 1
    assert StoredAnswer.objects.get().key == "71"
