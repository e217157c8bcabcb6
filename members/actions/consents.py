"""Recording what members agree to. Every answer is a new row; the latest one holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from members.actions.activities import new_activity
from members.actions.errors import UnableToRecordConsent
from members.models import Activity, Consent, Member


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsentAnswer:
    """One yes or no, to the text that ``wording`` names."""

    purpose: str
    channel: str = Consent.Channel.ANY
    is_given: bool
    wording: str


def give_consent(
    *, member: Member, purpose: str, channel: str, wording: str, origin: str, actor: str, now: datetime
) -> Consent:
    """Record a yes. The same yes to the same wording again is answered with the row that stands.

    Raises ``UnableToRecordConsent``.
    """
    answer = ConsentAnswer(purpose=purpose, channel=channel, is_given=True, wording=wording)
    [consent] = record_answers(member=member, answers=[answer], origin=origin, actor=actor, now=now)
    return consent


def withdraw_consent(
    *, member: Member, purpose: str, channel: str, wording: str, origin: str, actor: str, now: datetime
) -> Consent:
    """Record a no, as ``give_consent`` records a yes. Who has left may still say no."""
    answer = ConsentAnswer(purpose=purpose, channel=channel, is_given=False, wording=wording)
    [consent] = record_answers(member=member, answers=[answer], origin=origin, actor=actor, now=now)
    return consent


@transaction.atomic
def record_answers(
    *, member: Member, answers: Sequence[ConsentAnswer], origin: str, actor: str, now: datetime
) -> list[Consent]:
    """Record several answers of one member and return the rows that stand, in the same order."""
    if not answers:
        return []
    member = Member.objects.select_for_update().get(pk=member.pk)
    return [_record(member, answer, origin, actor, now) for answer in answers]


def _record(member: Member, answer: ConsentAnswer, origin: str, actor: str, now: datetime) -> Consent:
    _check(member, answer, origin, actor)
    rows = member.consents.filter(purpose=answer.purpose).order_by("-given_at", "-id")
    latest = rows.filter(channel=answer.channel).first()
    newest = rows.first()
    if latest and latest == newest and (latest.is_given, latest.wording) == (answer.is_given, answer.wording):
        return latest
    consent = Consent.objects.create(
        member=member,
        purpose=answer.purpose,
        channel=answer.channel,
        is_given=answer.is_given,
        wording=answer.wording,
        origin=origin,
        actor=actor,
        # The answer recorded last must hold, also when another machine's clock was ahead.
        given_at=max(now, newest.given_at + timedelta(microseconds=1)) if newest else now,
        recorded_at=now,
    )
    consent_activity(consent, member, now).save(force_insert=True)
    return consent


def _check(member: Member, answer: ConsentAnswer, origin: str, actor: str) -> None:
    if answer.purpose not in Consent.Purpose:
        raise UnableToRecordConsent("purpose_is_not_known", purpose=answer.purpose)
    if answer.channel not in Consent.Channel:
        raise UnableToRecordConsent("channel_is_not_known", channel=answer.channel)
    if not 0 < len(answer.wording.strip()) <= 40:
        raise UnableToRecordConsent("wording_is_missing")
    if len(origin) > 60 or len(actor) > 80:
        raise UnableToRecordConsent("origin_is_too_long")
    if answer.is_given and member.state != Member.State.ACTIVE:
        raise UnableToRecordConsent("member_is_closed", member=member.number)


def consent_activity(consent: Consent, member: Member, now: datetime) -> Activity:
    """The unsaved activity that tells of an answer."""
    return new_activity(
        kind="consent.given" if consent.is_given else "consent.withdrawn",
        member_id=member.pk,
        account_id=member.account_id,
        facts={"consent": str(consent.pk), "purpose": consent.purpose, "channel": consent.channel},
        occurred_at=consent.given_at,
        now=now,
    )
