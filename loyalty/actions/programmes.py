"""A programme's way: imported as a draft, published, followed by the next."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from loyalty.engine.files import errors_of
from loyalty.models import Award, Entry, ProgrammeVersion, Standing
from loyalty.queries.documents import HEAD, KINDS, Kind, ProgrammeRow, document_of
from loyalty.queries.programmes import forget_programmes
from members.actions import UnableTo, UnableToPublish


class UnableToImport(UnableTo):
    """``programme_is_not_valid`` with its ``errors``, ``name_is_missing`` or ``name_is_taken``."""


@transaction.atomic
def import_programme(*, document: Mapping[str, Any], name: str, now: datetime) -> ProgrammeVersion:
    """A new draft called ``name`` with the objects of ``document``. Raises ``UnableToImport``."""
    name = name.strip()
    if not name:
        raise UnableToImport("name_is_missing")
    if ProgrammeVersion.objects.filter(name=name).exists():
        raise UnableToImport("name_is_taken", name=name)
    if errors := errors_of(dict(document)):
        raise UnableToImport("programme_is_not_valid", errors=[str(error) for error in errors])
    head = {key: document[key] for key in HEAD if key in document}
    version = ProgrammeVersion.objects.create(name=name, **head)
    for kind_name, kind in KINDS.items():
        objects = document.get(kind_name, ())
        rows: list[Any] = [_row(version, kind, position, one) for position, one in enumerate(objects)]
        kind.model._default_manager.bulk_create(rows)
    return version


def _row(version: ProgrammeVersion, kind: Kind, position: int, one: Mapping[str, Any]) -> ProgrammeRow:
    names = dict(one["name"]) if isinstance(one["name"], Mapping) else {version.language: one["name"]}
    columns = {column: one[field] for field, column in kind.columns.items() if field in one}
    name = names.pop(version.language)
    return kind.model(version=version, key=one["key"], name=name, names=names, position=position, **columns)


@transaction.atomic
def publish_version(
    *, version: ProgrammeVersion, valid_from: datetime, now: datetime, actor: str
) -> ProgrammeVersion:
    """Freeze a draft; it is in force from ``valid_from`` on, and the version before it ends there.

    What has been counted stays: a start before the last entry or counted order, or before another
    version's start, is refused. Raises ``UnableToPublish``.
    """
    versions = {row.pk: row for row in ProgrammeVersion.objects.select_for_update().order_by("pk")}
    draft = versions[version.pk]
    if draft.state != ProgrammeVersion.State.DRAFT:
        raise UnableToPublish("version_is_not_a_draft", version=draft.name)
    document = document_of(draft)
    if errors := errors_of(document):
        raise UnableToPublish("programme_is_not_valid", errors=[str(error) for error in errors])
    published = [row for row in versions.values() if row.state != ProgrammeVersion.State.DRAFT]
    _refuse_overlap(published, valid_from)
    _refuse_counted(valid_from)
    _end_the_one_before(published, valid_from)
    draft.document, draft.valid_from = document, valid_from
    draft.state, draft.published_at, draft.published_by = ProgrammeVersion.State.PUBLISHED, now, actor
    draft.save()
    _wake_accounts(valid_from)
    forget_programmes()
    version.refresh_from_db()
    return version


def _refuse_overlap(published: Sequence[ProgrammeVersion], valid_from: datetime) -> None:
    for row in published:
        if row.valid_from and row.valid_from >= valid_from:
            raise UnableToPublish("another_version_starts_later", version=row.name, starts=row.valid_from)


def _refuse_counted(valid_from: datetime) -> None:
    last = Entry.objects.filter(effective_at__gte=valid_from).order_by("-effective_at").first()
    if last is not None:
        raise UnableToPublish("already_counted_after_that", last=last.effective_at)
    order = Award.objects.filter(order__placed_at__gte=valid_from).order_by("-order__placed_at").first()
    if order is not None:
        raise UnableToPublish("already_counted_after_that", last=order.order.placed_at)


def _end_the_one_before(published: Sequence[ProgrammeVersion], valid_from: datetime) -> None:
    for row in published:
        if row.valid_to is None or row.valid_to > valid_from:
            row.valid_to = valid_from
            row.save(update_fields=["valid_to"])


def _wake_accounts(valid_from: datetime) -> None:
    """Every account looks at the new rules when they start: what falls due may change with them."""
    later = Q(due_at__isnull=True) | Q(due_at__gt=valid_from)
    Standing.objects.filter(later, account__closed_at__isnull=True).update(due_at=valid_from)
