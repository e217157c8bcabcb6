"""Members, checks and messages for the tests of campaigns."""

from datetime import UTC, datetime, timedelta

from campaigns import actions
from campaigns.models import CampaignVersion, Enrolment, Message
from loyalty.models import ProgrammeVersion, Voucher
from members.actions import new_activity
from members.models import Account, Activity, Consent, Member
from members.models.member import check_digit

NOW = datetime(2025, 9, 1, 8, 0, tzinfo=UTC)


def member(name: str = "anna", *, language: str = "sv", first_name: str | None = None) -> Member:
    digits = f"1{Member.objects.count():08d}"
    return Member.objects.create(
        number=digits + check_digit(digits),
        account=Account.objects.create(opened_at=NOW),
        email=f"{name}@post.example",
        first_name=name.title() if first_name is None else first_name,
        language=language,
        joined_at=NOW,
    )


def joined(of: Member) -> Activity:
    return activity("member.joined", of, {})


def check_issued(to: Member, *, value_ore: int = 15000) -> Activity:
    check = voucher(to, value_ore=value_ore)
    return activity("voucher.issued", to, {"voucher": str(check.pk), "value_ore": value_ore})


def activity(kind: str, of: Member, facts: dict[str, object]) -> Activity:
    made = new_activity(
        kind=kind, member_id=of.pk, account_id=of.account_id, facts=facts, occurred_at=NOW, now=NOW
    )
    made.save()
    return made


def voucher(to: Member, *, value_ore: int = 15000) -> Voucher:
    version, _ = ProgrammeVersion.objects.get_or_create(name="Programmet")
    return Voucher.objects.create(
        code=f"BC{Voucher.objects.count():06d}",
        account=to.account,
        reward="bonus",
        version=version,
        kind="amount",
        value_ore=value_ore,
        issued_at=NOW,
        available_from=NOW,
        expires_at=datetime(2025, 10, 31, 23, 0, tzinfo=UTC),
    )


def answer(of: Member, *, is_given: bool, purpose: str = "marketing", channel: str = "email") -> Consent:
    earlier = Consent.objects.filter(member=of).count()
    at = NOW + timedelta(seconds=earlier)
    return Consent.objects.create(
        member=of,
        purpose=purpose,
        channel=channel,
        is_given=is_given,
        wording="1",
        origin="test",
        given_at=at,
        recorded_at=at,
    )


def planned(*members: Member, now: datetime = NOW) -> list[Message]:
    """A welcome for each member, planned and not yet sent."""
    for one in members:
        actions.start_enrolments(activity=joined(one), now=now)
    actions.run_enrolments(now=now)
    return [Message.objects.get(member=one) for one in members]


def for_marketing() -> None:
    CampaignVersion.objects.update(purpose=CampaignVersion.Purpose.MARKETING)


def end_vouchers(state: str) -> None:
    used = {"redeemed_at": NOW, "redeemed_for": "web:1"} if state == "redeemed" else {}
    Voucher.objects.update(state=state, **used)


def many_planned(count: int, *, now: datetime) -> None:
    """So many members, each with a welcome planned, written at once."""
    accounts = Account.objects.bulk_create(Account(opened_at=now) for _ in range(count))
    numbers = [f"2{number:08d}" for number in range(count)]
    members = Member.objects.bulk_create(
        Member(
            number=digits + check_digit(digits),
            account=account,
            email=f"m{digits}@post.example",
            first_name="Kim",
            joined_at=now,
        )
        for digits, account in zip(numbers, accounts, strict=True)
    )
    activities = Activity.objects.bulk_create(
        new_activity(
            kind="member.joined",
            member_id=one.pk,
            account_id=one.account_id,
            facts={},
            occurred_at=now,
            now=now,
        )
        for one in members
    )
    version = CampaignVersion.objects.get(campaign__key="welcome")
    Enrolment.objects.bulk_create(
        Enrolment(
            campaign_id=version.campaign_id,
            version=version,
            activity=activity,
            member=activity.member,
            due_at=now,
            started_at=now,
        )
        for activity in activities
    )
    actions.run_enrolments(now=now, limit=count)
