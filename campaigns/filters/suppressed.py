from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as later

from campaigns.models import Suppression
from campaigns.queries.digests import digests_of
from members.models import Member
from segments.engine.tree import Test
from segments.filters import Detail, FieldFilter, Moment, Value, fields
from segments.filters.comparing import others_than


@fields.register("suppressed")
class IsSuppressed(FieldFilter):
    """Whether nothing may be sent to the member's address, whatever was agreed."""

    key: ClassVar[str] = "suppressed"
    clause: ClassVar[str] = later("whose address is suppressed%(told)s")
    denied: ClassVar[str] = later("whose address is not suppressed%(told)s")
    label: Promise | str = _("address is suppressed")
    help: ClassVar[Promise | str] = _("Mails to it came back, or it was reported or entered by staff.")
    kind = "yes_no"
    can_be_missing = False
    is_plain: ClassVar[bool] = False

    def takes(self) -> Mapping[str, Value]:
        return {"reason": Detail("choice", _("reason"), "reason", known=Suppression.Reason.choices)}

    def condition(self, test: Test, told: Mapping[str, Any], moment: Moment) -> Q:
        listed = Suppression.objects.filter(suppressed_at__lte=moment.now, **told)
        members = Member.objects.exclude(email="")
        if moment.only is not None:
            members = members.filter(pk__in=list(moment.only))
        found = Q()
        for digest in digests_of("email"):
            found |= Q(
                pk__in=members.alias(digest=digest).filter(digest__in=listed.values("digest")).values("pk")
            )
        return found if test.value else others_than(found)
