from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loyalty.filters import ActFacts
from segments.filters import facts


@facts.register("login")
class Logins(ActFacts):
    """Members who logged in."""

    key: ClassVar[str] = "login"
    label: ClassVar[Promise] = _("logins")
