"""Bodies and queries in which nothing is ignored."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.fields import empty, get_error_detail

NAMES_SHOWN = 20
NAME_SHOWN = 80
Check = Callable[[Any], Any]


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses names it does not know: a misspelt field must not be left out in silence.

    Each field is one name of the body. What is left out gets its default at once: REST framework would put it
    through everything that it does to what was sent, and most of a line of an order is left out.
    """

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return super().to_internal_value(data)
        self._refuse_unknown(data)
        told: dict[str, Any] = {}
        errors: dict[str, Any] = {}
        for name, field, check in self._told_fields:
            sent = data.get(name, empty)
            if sent is empty and field.default is empty and not field.required:
                continue
            try:
                value = _value(field, sent)
                told[name] = check(value) if check else value
            except serializers.ValidationError as error:
                errors[name] = error.detail
            except DjangoValidationError as error:
                errors[name] = get_error_detail(error)
        if errors:
            raise serializers.ValidationError(errors)
        return told

    def run_validators(self, value: Any) -> None:
        if self.validators:
            super().run_validators(value)

    def _refuse_unknown(self, data: Mapping[Any, Any]) -> None:
        unknown = [str(name) for name in data if name not in self.fields]
        if unknown:
            raise serializers.ValidationError(
                {name[:NAME_SHOWN]: [_("There is no such field.")] for name in unknown[:NAMES_SHOWN]}
            )

    @cached_property
    def _told_fields(self) -> list[tuple[str, serializers.Field[Any, Any, Any, Any], Check | None]]:
        """Each field with its name and with what this class checks of its value."""
        return [(name, field, getattr(self, f"validate_{name}", None)) for name, field in self.fields.items()]


def _value(field: serializers.Field[Any, Any, Any, Any], sent: Any) -> Any:
    if sent is not empty or field.required:
        return field.run_validation(sent)
    return field.default() if callable(field.default) else field.default
