"""The shapes that bodies and addresses of this API are made of. What is not understood is refused."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from members.api.strict import StrictSerializer

MAX_LINES = 1_000
MAX_VOUCHERS = 20
MAX_USES = 20
MAX_FIGURES = 20
# Ten million kronor, for a line and for all of them: more is a slip of the decimals.
MAX_ORE = 1_000_000_000
MAX_QUANTITY = Decimal(1_000_000)
_LOST_PLUS = re.compile(r" (?=\d\d:\d\d$)")
_YEARS = range(1980, 2200)


@extend_schema_field(OpenApiTypes.DATETIME)
class MomentField(serializers.Field[datetime, Any, str, Any]):
    """A time with its zone, as in ``2025-03-15T14:30:00+01:00``."""

    default_error_messages = {
        "not_a_time": _("Write a date and time as in 2025-03-15T14:30:00+01:00."),
        "no_zone": _("Say which time zone: add Z for UTC, or an offset such as +01:00."),
        "out_of_range": _("The time must lie between the years 1980 and 2200."),
    }

    def to_internal_value(self, data: Any) -> datetime:
        moment = self._parsed(data)
        if moment is None:
            self.fail("not_a_time")
        if moment.tzinfo is None:
            self.fail("no_zone")
        if moment.year not in _YEARS:
            self.fail("out_of_range")
        return moment

    def to_representation(self, value: datetime) -> str:
        return value.isoformat()

    def _parsed(self, data: Any) -> datetime | None:
        try:
            return parse_datetime(data) if isinstance(data, str) and len(data) <= 40 else None
        except ValueError:
            return None


@extend_schema_field(OpenApiTypes.DATETIME)
class AskedMomentField(MomentField):
    """The same in an address, where a plus that nobody escaped has become a space."""

    def to_internal_value(self, data: Any) -> datetime:
        return super().to_internal_value(_LOST_PLUS.sub("+", data) if isinstance(data, str) else data)


class DayField(serializers.DateField):
    """A calendar day, as in ``2025-03-15``."""

    default_error_messages = {"out_of_range": _("The day must lie between the years 1980 and 2200.")}

    def to_internal_value(self, value: Any) -> date:
        day = super().to_internal_value(value)
        if day.year not in _YEARS:
            self.fail("out_of_range")
        return day


class OreField(serializers.IntegerField):
    """An amount in whole öre."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, max_value=MAX_ORE, **options)


class QuantityField(serializers.DecimalField):
    """Pieces, kilos or metres with at most three decimals; a number or a string."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            max_digits=12,
            decimal_places=3,
            min_value=Decimal("0.001"),
            max_value=MAX_QUANTITY,
            normalize_output=True,
            **options,
        )


class FiguresField(serializers.DictField):
    """Figures by name, with at most three decimals."""

    def __init__(self, **options: Any) -> None:
        figure = serializers.DecimalField(
            max_digits=12, decimal_places=3, min_value=Decimal(0), max_value=MAX_QUANTITY
        )
        super().__init__(child=figure, default=dict, **options)

    def to_internal_value(self, data: Any) -> Any:
        figures = super().to_internal_value(data)
        if len(figures) > MAX_FIGURES or any(len(name) > 40 for name in figures):
            raise serializers.ValidationError(
                _("At most %(most)s figures, with names of 40 characters.") % {"most": MAX_FIGURES}
            )
        return figures


class MemberSerializer(StrictSerializer):
    """Name the member by exactly one of these."""

    number = serializers.CharField(required=False, max_length=20, help_text=_("The club's member number."))
    external_id = serializers.CharField(
        required=False, max_length=120, help_text=_("What your own system calls the member.")
    )
    email = serializers.EmailField(required=False, max_length=254)

    def validate(self, attrs: dict[str, str]) -> dict[str, str]:
        if len(attrs) != 1:
            raise serializers.ValidationError(_("Name the member by one of number, external_id and email."))
        return attrs
