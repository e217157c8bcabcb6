"""Forgetting a person: the books stay to the öre, and nothing in them says whose they were."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Model, Q, TextField
from django.db.models.functions import Cast

from members.actions.activities import new_activity
from members.actions.errors import UnableToEraseMember
from members.actions.members import close_member
from members.actions.webhooks import forget_webhooks_of
from members.models import Activity, Member, StoredAnswer, User

FORGOTTEN = "…"
# The facts in which staff may have written anything; all others are ids and numbers.
OWN_WORDS = ("because", "reason")
NOBODY: Mapping[str, Any] = {
    "email": "",
    "phone": "",
    "first_name": "",
    "last_name": "",
    "birth_date": None,
    "street": "",
    "postal_code": "",
    "city": "",
    "home_store": None,
    "user": None,
}


@transaction.atomic
def erase_member(*, member: Member, reason: str, actor: str, now: datetime) -> Member:
    """End the membership and forget who it was; orders, consents and the ledger stay under the number alone.

    Said twice, nothing changes. It cannot be undone. Raises ``UnableToEraseMember``: ``reason_is_missing``.
    """
    if not reason.strip():
        raise UnableToEraseMember("reason_is_missing")
    words = _personal_words(Member.objects.get(pk=member.pk))
    because = _without(words, reason.strip())
    close_member(member=member, reason=because, actor=actor, now=now)
    member = Member.objects.select_for_update(of=("self",)).select_related("user").get(pk=member.pk)
    if member.state == Member.State.ERASED:
        return member
    _forget_logins(member)
    _forget_answers(member)
    _forget_log(member, member.number)
    _forget_in_stream(member, words)
    forget_webhooks_of(member_id=member.pk)
    member.identities.all().delete()
    for name, value in NOBODY.items():
        setattr(member, name, value)
    member.state, member.search_text = Member.State.ERASED, member.number
    member.save(update_fields=[*NOBODY, "state", "search_text"])
    new_activity(
        kind="member.erased",
        member_id=member.pk,
        account_id=member.account_id,
        facts={"because": because, "actor": actor},
        occurred_at=now,
        now=now,
    ).save(force_insert=True)
    return member


def _personal_words(member: Member) -> list[str]:
    """What tells who the member is, the longest first, as it may stand in a text somebody wrote."""
    at_home = member.phone.as_national if member.phone else ""
    told = {
        member.full_name, member.first_name, member.last_name, member.email, str(member.phone), at_home,
        at_home.replace(" ", "").replace("-", ""), member.street, *member.identities.values_list("external_id", flat=True),
    }  # fmt: skip
    return sorted(told - {""}, key=len, reverse=True)


def _without(words: list[str], text: str) -> str:
    for word in words:
        text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", FORGOTTEN, text, flags=re.IGNORECASE)
    return text


def _forget_logins(member: Member) -> None:
    """End the sessions and delete the login; one of staff stays theirs, and is the member's no more."""
    known = Q(pk=member.user_id) | Q(email__iexact=member.email) if member.email else Q(pk=member.user_id)
    for login in User.objects.filter(known, is_staff=False):
        for session in UserSession.objects.filter(user=login):
            session.end()
        _forget_log(login, FORGOTTEN)
        login.delete()


def _forget_answers(member: Member) -> None:
    """Blank what was answered to shops; the calls stay known, so that a late repeat brings nobody back."""
    named = Q(text__contains=member.number)
    if member.email:
        named |= Q(text__icontains=member.email)
    StoredAnswer.objects.annotate(text=Cast("body", TextField())).filter(named).update(body={})


def _forget_log(row: Model, name: str) -> None:
    """What the console's own log calls the row."""
    kind = ContentType.objects.get_for_model(row)
    LogEntry.objects.filter(content_type=kind, object_id=str(row.pk)).update(object_repr=name)


def _forget_in_stream(member: Member, words: list[str]) -> None:
    changed = []
    for activity in member.activities.only("facts", "error").iterator():
        facts = _plain(words, activity.facts)
        if facts != activity.facts or activity.error:
            activity.facts, activity.error = facts, ""
            changed.append(activity)
    Activity.objects.bulk_update(changed, ["facts", "error"], batch_size=500)


def _plain(words: list[str], facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _fact(words, name, value) for name, value in facts.items()}


def _fact(words: list[str], name: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return _plain(words, value)
    return _without(words, value) if name in OWN_WORDS and isinstance(value, str) else value
