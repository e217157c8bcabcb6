"""What a shop, a till or another system calls a member: linked, and let go."""

from datetime import datetime

from django.db import transaction

from members.actions.activities import new_activity
from members.actions.errors import UnableToLink, UnableToUpdateMember
from members.models import Member, MemberIdentity


@transaction.atomic
def link_external_id(*, member: Member, source: str, external_id: str, actor: str, now: datetime) -> bool:
    """Let ``source`` call ``member`` by ``external_id`` too; False where it does already.

    Raises ``UnableToLink`` when it is another member's, and ``UnableToUpdateMember``: ``member_is_closed``.
    """
    member = Member.objects.select_for_update().get(pk=member.pk)
    if member.state != Member.State.ACTIVE:
        raise UnableToUpdateMember("member_is_closed", member=member.number)
    known, is_new = MemberIdentity.objects.get_or_create(
        source=source, external_id=external_id, defaults={"member": member}
    )
    if known.member_id != member.pk:
        raise UnableToLink("external_id_is_taken", external_id=external_id)
    if is_new:
        _tell(member, actor, now)
    return is_new


@transaction.atomic
def unlink_external_id(*, member: Member, source: str, external_id: str, actor: str, now: datetime) -> None:
    """Let the id name nobody any more. One that does not name ``member`` stays as it is."""
    member = Member.objects.select_for_update().get(pk=member.pk)
    count, _rows = member.identities.filter(source=source, external_id=external_id).delete()
    if count:
        _tell(member, actor, now)


def _tell(member: Member, actor: str, now: datetime) -> None:
    new_activity(
        kind="member.updated",
        member_id=member.pk,
        account_id=member.account_id,
        facts={"fields": ["external_ids"], "actor": actor},
        occurred_at=now,
        now=now,
    ).save(force_insert=True)
