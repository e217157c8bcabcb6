"""Activities start enrolments; due enrolments take their next step."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from campaigns.models import Campaign, CampaignVersion, Enrolment, Message, Step
from campaigns.queries import current_version
from campaigns.steps import steps as step_kinds
from members.models import Activity, Member


@dataclass(frozen=True)
class EnrolmentRun:
    """How many steps were taken and messages planned; `is_full` says that more may be due."""

    taken: int = 0
    planned: int = 0
    is_full: bool = False


@transaction.atomic
def start_enrolments(*, activity: Activity, now: datetime) -> list[Enrolment]:
    """Start every active campaign that listens for this kind of activity, once per activity.

    An activity of a shared account without a member of its own concerns the member who joined first.
    """
    campaigns = list(Campaign.objects.filter(trigger=activity.kind, state=Campaign.State.ACTIVE))
    member = member_concerned(activity) if campaigns else None
    if member is None:
        return []
    # Two activities of one member at the same time must not both become that member's n-th entry.
    Member.objects.select_for_update().get(pk=member.pk)
    known = set(Enrolment.objects.filter(activity=activity).values_list("campaign_id", flat=True))
    newcomers = [campaign for campaign in campaigns if campaign.pk not in known]
    return [enrol(campaign, activity, member, now) for campaign in newcomers]


def member_concerned(activity: Activity) -> Member | None:
    active = Member.objects.active()
    if activity.member_id is not None:
        return active.filter(pk=activity.member_id).first()
    return active.filter(account=activity.account_id).order_by("joined_at", "pk").first()


def enrol(campaign: Campaign, activity: Activity, member: Member, now: datetime) -> Enrolment:
    earlier = Enrolment.objects.filter(campaign=campaign, member=member).count()
    return Enrolment.objects.create(
        campaign=campaign,
        version=current_version(campaign),
        activity=activity,
        member=member,
        entry_no=earlier + 1,
        due_at=now,
        started_at=now,
    )


@transaction.atomic
def run_enrolments(*, now: datetime, limit: int = 500) -> EnrolmentRun:
    """Let due enrolments of active campaigns take their next step, oldest first, at most `limit` of them."""
    due = list(
        Enrolment.objects.filter(
            finished_at__isnull=True, due_at__lte=now, campaign__state=Campaign.State.ACTIVE
        )
        .select_related("campaign")
        .order_by("due_at", "id")
        .select_for_update(skip_locked=True, of=("self",))[:limit]
    )
    steps = steps_of(enrolment.version_id for enrolment in due)
    messages: list[Message] = []
    for enrolment in due:
        messages += advance(enrolment, steps, now)
    # A message that is there already was planned before a crash, so it is not planned again.
    Message.objects.bulk_create(messages, ignore_conflicts=True)
    Enrolment.objects.bulk_update(due, ["position", "due_at", "finished_at"], batch_size=200)
    return EnrolmentRun(taken=len(due), planned=len(messages), is_full=len(due) == limit)


def steps_of(version_ids: Iterable[int]) -> dict[int, list[Step]]:
    found: dict[int, list[Step]] = {}
    versions = CampaignVersion.objects.filter(pk__in=set(version_ids))
    for step in Step.objects.filter(version__in=versions).order_by("version_id", "position"):
        found.setdefault(step.version_id, []).append(step)
    return found


def advance(enrolment: Enrolment, steps: dict[int, list[Step]], now: datetime) -> list[Message]:
    """Move one enrolment past every step that is due, and return the messages that they plan."""
    messages: list[Message] = []
    for step in steps.get(enrolment.version_id, [])[enrolment.position :]:
        outcome = step_kinds[step.kind]().take(step, enrolment, now)
        messages += outcome.messages
        enrolment.position += 1
        if outcome.resume_at is not None:
            enrolment.due_at = outcome.resume_at
            return messages
    enrolment.finished_at = now
    return messages
