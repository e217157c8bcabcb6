"""Two memberships of one person become one."""

from datetime import datetime

from members.actions.activities import new_activity
from members.actions.consents import ConsentAnswer, record_answers
from members.actions.particulars import search_text
from members.models import Activity, Consent, Member, Order, OrderReturn

# What the member learns from the other membership, where it knew nothing itself.
LEARNT = (
    "phone",
    "first_name",
    "last_name",
    "birth_date",
    "street",
    "postal_code",
    "city",
    "home_store",
    "referrer",
)
FORGOTTEN = {"email": "", "phone": "", "first_name": "", "last_name": "", "birth_date": None, "user": None}


def absorb_member(*, member: Member, double: Member, reason: str, actor: str, now: datetime) -> Member:
    """``double`` is closed and its number leads to ``member``, who has its orders, ids and whatever only it knew.

    Of what both have agreed to, the later answer holds. Both are locked by the caller, and on one account.
    """
    _take_answers(member, double, actor, now)
    learnt = {name: getattr(double, name) for name in LEARNT if not getattr(member, name)}
    email, user = member.email or double.email, member.user or double.user
    _close(double, member, now)
    for name, value in {**learnt, "email": email, "user": user}.items():
        setattr(member, name, value)
    if member.referrer_id in (member.pk, double.pk):
        member.referrer = None
    member.joined_at = min(member.joined_at, double.joined_at)
    member.search_text = search_text(member)
    member.save()
    for rows in (Order, OrderReturn, Activity):
        rows.objects.filter(member=double).update(member=member)
    double.identities.update(member=member)
    Member.objects.filter(referrer=double).exclude(pk=member.pk).update(referrer=member)
    facts = {"double": double.number, "because": reason, "actor": actor}
    new_activity(
        kind="member.merged",
        member_id=member.pk,
        account_id=member.account_id,
        facts=facts,
        occurred_at=now,
        now=now,
    ).save(force_insert=True)
    return member


def _close(double: Member, member: Member, now: datetime) -> None:
    """Nothing personal stays under the number that led to it."""
    for name, empty in FORGOTTEN.items():
        setattr(double, name, empty)
    double.street = double.postal_code = double.city = ""
    double.home_store = double.referrer = None
    double.state, double.closed_at, double.merged_into = Member.State.CLOSED, now, member
    double.search_text = double.number
    double.save()
    Member.objects.filter(merged_into=double).update(merged_into=member)


def _take_answers(member: Member, double: Member, actor: str, now: datetime) -> None:
    ours, theirs = _latest(member), _latest(double)
    later = [row for key, row in theirs.items() if key not in ours or ours[key].given_at < row.given_at]
    answers = [
        ConsentAnswer(purpose=row.purpose, channel=row.channel, is_given=row.is_given, wording=row.wording)
        for row in later
    ]
    record_answers(member=member, answers=answers, origin=f"member {double.number}", actor=actor, now=now)


def _latest(member: Member) -> dict[tuple[str, str], Consent]:
    return {(row.purpose, row.channel): row for row in member.consents.order_by("given_at", "pk")}
