"""How imports of files went, and what of them needs a human eye."""

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from loyalty.models import ImportJob, ImportNote
from members.models import Order, OrderReturn


def imports() -> QuerySet[ImportJob]:
    """Every run, with how many lines it ``rejected`` and ``parked``."""
    counts = {kind.value: Coalesce(_noted(kind), 0) for kind in ImportNote.Kind}
    return ImportJob.objects.annotate(**counts)


def _noted(kind: str) -> Subquery:
    of_job = ImportNote.objects.filter(job=OuterRef("pk"), kind=kind).order_by().values("job")
    return Subquery(of_job.annotate(count=Count("pk")).values("count"))


def import_notes() -> QuerySet[ImportNote]:
    """Every noted line, with the ``order_id`` and ``return_id`` that its number names, if any is recorded."""
    return ImportNote.objects.select_related("job").annotate(
        order_id=_named(Order), return_id=_named(OrderReturn)
    )


def _named(model: type[Order] | type[OrderReturn]) -> Subquery:
    rows = model._default_manager.filter(source=OuterRef("job__source"), number=OuterRef("number"))
    return Subquery(rows.values("pk")[:1])
