from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from segments.engine.tree import Test
from segments.filters import Choices, FieldFilter, Moment, fields
from segments.filters.comparing import exact_test


@fields.register("language")
class Language(FieldFilter):
    key: ClassVar[str] = "language"
    label: Promise | str = _("language")
    kind = "choice"

    def choices(self) -> Choices:
        return tuple(settings.LANGUAGES)

    def condition(self, test: Test, told: Mapping[str, Any], moment: Moment) -> Q:
        return exact_test("language", test)
