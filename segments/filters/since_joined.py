from typing import ClassVar

from django.db.models import F
from django.db.models.expressions import Combinable
from django.utils.translation import gettext_lazy as _

from segments.filters import Choices, Moment, Start, starts


@starts.register("joined")
class SinceJoined(Start):
    key: ClassVar[str] = "joined"

    def known(self) -> Choices:
        return [(self.key, _("they joined"))]

    def of(self, owner: str, name: str, moment: Moment) -> Combinable:
        return F(f"{owner.removesuffix('_id')}__joined_at")
