"""What is wrong with one row of many: a problem of its own, while the others go through."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from members.api.problems import problem_of


class RowProblem(serializers.Serializer[Any]):
    type = serializers.CharField(help_text=_("Stable, as that of any problem."))
    status = serializers.IntegerField()
    detail = serializers.CharField()
    facts = serializers.DictField(required=False)
    errors = serializers.ListField(  # type: ignore[assignment]
        child=serializers.DictField(), required=False
    )


def problem_of_row(error: Exception) -> dict[str, Any]:
    """The problem as the call would be answered with, had the row been sent alone."""
    problem = problem_of(error)
    return {
        "type": f"/problems/{problem.key}",
        "status": problem.status,
        "detail": problem.detail,
        **problem.more,
    }
