from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as later

from members.models import Consent
from members.queries import consents_about, latest_consent
from segments.engine.tree import Test
from segments.filters import Detail, FieldFilter, Moment, Value, fields


@fields.register("consent")
class HasConsent(FieldFilter):
    key: ClassVar[str] = "consent"
    clause: ClassVar[str] = later("who have said yes%(told)s")
    denied: ClassVar[str] = later("who have not said yes%(told)s")
    label: Promise | str = _("has said yes")
    help: ClassVar[Promise | str] = _("The latest answer counts. Who was never asked has not said yes.")
    kind = "yes_no"
    is_plain: ClassVar[bool] = False

    def needs(self) -> Mapping[str, Value]:
        return {"purpose": Detail("choice", _("purpose"), "purpose", known=Consent.Purpose.choices)}

    def takes(self) -> Mapping[str, Value]:
        return {"channel": Detail("choice", _("channel"), "channel", known=Consent.Channel.choices)}

    def condition(self, test: Test, told: Mapping[str, Any], moment: Moment) -> Q:
        purpose, channel = told["purpose"], told.get("channel", Consent.Channel.ANY)
        if test.op in ("set", "not_set"):
            answered = Q(Exists(consents_about(purpose, channel, moment.now).filter(member=OuterRef("pk"))))
            return answered if test.op == "set" else ~answered
        agrees = Q(latest_consent(purpose, channel, at=moment.now))
        return agrees if test.value else ~agrees
