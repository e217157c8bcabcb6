"""Changing a draft, object by object. What is published stays as it is."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet

from loyalty.actions.programmes import object_from
from loyalty.models import ProgrammeObject, ProgrammeVersion
from loyalty.queries.documents import free_key, told
from members.actions import UnableTo


class UnableToChange(UnableTo):
    """``version_is_not_a_draft``."""


@transaction.atomic
def write_object(
    *, version: ProgrammeVersion, kind: str, written: Mapping[str, Any], row: ProgrammeObject | None = None
) -> ProgrammeObject:
    """Put what a programme document writes in the place of ``row``, or last of its kind.

    A new object whose key is taken gets the next one that is free. Raises ``UnableToChange``.
    """
    _lock_draft(version)
    rows = _rows(version, kind)
    if row is None:
        last = rows.aggregate(last=Max("position"))["last"]
        written = {**written, "key": free_key(written["key"], set(rows.values_list("key", flat=True)))}
        position = 0 if last is None else last + 1
    else:
        written = {**written, "key": row.key}
        position = row.position
    made = object_from(version, kind, written, position)
    made.pk = row.pk if row is not None else None
    made.save()
    return made


@transaction.atomic
def copy_object(*, row: ProgrammeObject) -> ProgrammeObject:
    """Another of the same, last of its kind. Raises ``UnableToChange``."""
    return write_object(version=row.version, kind=row.kind, written=told(row))


@transaction.atomic
def remove_object(*, row: ProgrammeObject) -> None:
    """Raises ``UnableToChange``."""
    _lock_draft(row.version)
    row.delete()


@transaction.atomic
def move_object(*, row: ProgrammeObject, up: bool) -> None:
    """Let ``row`` change places with the one before or after it. Raises ``UnableToChange``."""
    _lock_draft(row.version)
    rows = list(_rows(row.version, row.kind))
    at = next(index for index, one in enumerate(rows) if one.pk == row.pk)
    to = at - 1 if up else at + 1
    if 0 <= to < len(rows):
        rows[at], rows[to] = rows[to], rows[at]
    for position, one in enumerate(rows):
        one.position = position
    ProgrammeObject.objects.bulk_update(rows, ["position"])


@transaction.atomic
def write_group(*, version: ProgrammeVersion, name: str, written: Mapping[str, Any]) -> None:
    """Put what a programme document writes as audience, life or returns. Raises ``UnableToChange``."""
    _lock_draft(version)
    setattr(version, name, dict(written))
    version.save(update_fields=[name])


def _lock_draft(version: ProgrammeVersion) -> None:
    drafts = ProgrammeVersion.objects.select_for_update().filter(state=ProgrammeVersion.State.DRAFT)
    if not drafts.filter(pk=version.pk).exists():
        raise UnableToChange("version_is_not_a_draft", version=version.name)


def _rows(version: ProgrammeVersion, kind: str) -> QuerySet[ProgrammeObject]:
    return version.programme_objects.filter(kind=kind).order_by("position", "pk")
