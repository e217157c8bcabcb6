"""How the console tells of segments in a member's history."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from members.admin.mirror import sentences


@sentences.register("segment.entered")
def segment_entered(facts: Mapping[str, Any]) -> str:
    return _("Came into the segment “%(segment)s”") % {"segment": facts.get("segment", "")}


@sentences.register("segment.left")
def segment_left(facts: Mapping[str, Any]) -> str:
    return _("Left the segment “%(segment)s”") % {"segment": facts.get("segment", "")}
