"""Which campaigns start as members come into segments and leave them."""

from collections.abc import Iterable

from campaigns.models import Campaign
from segments.queries import Dependant, dependants
from segments.queries.dependants import EVERY_SEGMENT

MOVES = ("segment.entered", "segment.left")


@dependants.register("campaigns")
def campaigns_that_listen_to_segments() -> Iterable[Dependant]:
    for campaign in Campaign.objects.filter(trigger__in=MOVES).order_by("name"):
        is_live = campaign.state == Campaign.State.ACTIVE
        yield Dependant(EVERY_SEGMENT, campaign.name, campaign, is_live=is_live)
