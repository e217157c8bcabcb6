from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from segments.engine.tree import Test
from segments.filters import FieldFilter, Moment, fields
from segments.filters.comparing import folded_test, spaced


@fields.register("postal_code")
class PostalCode(FieldFilter):
    """Written with a space or without, “411 23” is “41123”; an area is asked for by what its codes begin with."""

    key: ClassVar[str] = "postal_code"
    label: Promise | str = _("postal code")
    help: ClassVar[Promise | str] = _("An area is what its codes begin with. Spaces do not matter.")
    kind = "text"

    def condition(self, test: Test, told: Mapping[str, Any], moment: Moment) -> Q:
        return folded_test("postal_code", test, spaced)
