"""Two memberships of one person have become one: what the other was sent is the member's."""

from django.db import transaction
from django.db.models import F, Max

from campaigns.models import Enrolment, Message, Response
from members.models import Member


@transaction.atomic
def hand_over_messages(*, member_id: int) -> None:
    """Give a member what those were sent who are the same person. Said twice, nothing changes.

    Their entries into campaigns are counted on after the member's own.
    """
    Member.objects.select_for_update().get(pk=member_id)
    for double in Member.objects.filter(merged_into=member_id).order_by("pk"):
        own = Enrolment.objects.filter(member=member_id).aggregate(last=Max("entry_no"))["last"] or 0
        for rows in (Enrolment, Message):
            rows.objects.filter(member=double).update(member_id=member_id, entry_no=F("entry_no") + own)
        Response.objects.filter(member=double).update(member_id=member_id)
