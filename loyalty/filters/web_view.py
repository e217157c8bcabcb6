from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loyalty.filters import ActFacts
from segments.filters import facts


@facts.register("web_view")
class WebViews(ActFacts):
    """What members looked at in the webshop."""

    key: ClassVar[str] = "web_view"
    label: ClassVar[Promise] = _("pages viewed")
