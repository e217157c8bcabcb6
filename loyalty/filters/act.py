from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loyalty.filters import ActFacts
from loyalty.models import Act
from segments.filters import Detail, facts


@facts.register("act")
class Acts(ActFacts):
    """All that members did besides buying, of any kind that the shop tells of."""

    key: ClassVar[str] = "act"
    label: ClassVar[Promise] = _("what members did")

    def acts(self) -> QuerySet[Any]:
        return Act.objects.filter(undone_at__isnull=True)

    def where(self) -> Mapping[str, Detail]:
        return {**super().where(), "kind": Detail("choice", _("kind"), "kind")}
