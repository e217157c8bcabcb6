"""A programme's way: imported as a draft, published, followed by the next."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from loyalty.engine.files import errors_of
from loyalty.models import Award, Entry, ProgrammeObject, ProgrammeVersion, Standing
from loyalty.queries.documents import HEAD, document_of, groups, kinds
from loyalty.queries.programmes import forget_programmes
from loyalty.queries.scenarios import replays_of
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
    head = {part: document[part] for part in (*HEAD, *groups()) if part in document}
    version = ProgrammeVersion.objects.create(name=name, **head)
    ProgrammeObject.objects.bulk_create(
        object_from(version, kind, one, position)
        for kind in kinds()
        for position, one in enumerate(document.get(kind, ()))
    )
    return version


def object_from(
    version: ProgrammeVersion, kind: str, one: Mapping[str, Any], position: int
) -> ProgrammeObject:
    """The row of an object of a programme document; not saved."""
    words = one["name"]
    names = dict(words) if isinstance(words, Mapping) else {}
    return ProgrammeObject(
        version=version,
        kind=kind,
        key=one["key"],
        name=names.get(version.language, one["key"]) if names else words,
        names=names,
        position=position,
        settings={field: value for field, value in one.items() if field not in ("key", "name")},
    )


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
    _refuse_other_outcomes(draft, document)
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


def _refuse_other_outcomes(draft: ProgrammeVersion, document: Mapping[str, Any]) -> None:
    """A saved scenario says what the programme must come to; one that no longer holds is removed by hand."""
    for replay in replays_of(draft, document):
        if replay.differences:
            raise UnableToPublish(
                "scenario_comes_out_otherwise",
                scenario=replay.scenario.title,
                errors=list(replay.differences),
            )


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
