"""Bodies and queries in which nothing is ignored."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

NAMES_SHOWN = 20
NAME_SHOWN = 80


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses names it does not know: a misspelt field must not be left out in silence."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = [str(name) for name in data if name not in self.fields]
            if unknown:
                raise serializers.ValidationError(
                    {name[:NAME_SHOWN]: [_("There is no such field.")] for name in unknown[:NAMES_SHOWN]}
                )
        return super().to_internal_value(data)
