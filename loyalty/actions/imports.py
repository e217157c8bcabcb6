"""Taking in the orders of a file, batch by batch: what a batch writes and how far it came are one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import F, Sum

from loyalty.actions.orders import record_orders
from loyalty.actions.outcomes import OrderOutcome, ReturnOutcome
from loyalty.actions.returns import record_returns
from loyalty.models.imports import ImportJob, ImportNote
from members import actions as members
from members.actions import NewOrder, NewReturn, NewReturnLine, UnableTo
from members.actions.history import join_history_members
from members.models import Member, MemberIdentity, Order, OrderLine, OrderReturn, OrderReturnLine, Store

New = TypeVar("New", NewOrder, NewReturn)


class UnableToImport(UnableTo):
    """``import_runs_elsewhere``: another process has taken in lines of this file meanwhile."""

    status = 409


@dataclass(frozen=True, slots=True)
class Reject:
    """A line of the file that is not taken in, and why."""

    line: int
    number: str
    reason: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Slip:
    """One receipt or credit note as a file tells it; ``new`` is ``None`` when none of its rows is sound.

    ``new`` names no member and no store: ``member_id`` (empty for a guest) and ``store`` (a code) do.
    ``lines`` gives the line of the file for each line ref.
    """

    last_line: int
    new: NewOrder | NewReturn | None = None
    member_id: str = ""
    store: str = ""
    lines: Mapping[str, int] = field(default_factory=dict)
    rejects: Sequence[Reject] = ()

    @property
    def happened_at(self) -> datetime:
        if isinstance(self.new, NewOrder):
            return self.new.placed_at
        if isinstance(self.new, NewReturn):
            return self.new.returned_at
        raise ValueError("Nothing of this receipt is taken in.")


@dataclass(slots=True)
class _Tally:
    """What one batch has done."""

    members: int = 0
    orders: int = 0
    returns: int = 0
    known: int = 0
    notes: list[ImportNote] = field(default_factory=list)


@transaction.atomic
def start_import(*, file_name: str, digest: str, source: str, actor: str, now: datetime) -> ImportJob:
    """The run that was broken off on the same file (``digest``) and source, or else a new one.

    A file that was taken in to its end may be taken in again: nothing changes.
    """
    job, _is_new = ImportJob.objects.get_or_create(
        digest=digest,
        source=source,
        state=ImportJob.State.RUNNING,
        defaults={"file_name": file_name[:255], "actor": actor, "started_at": now},
    )
    return job


@transaction.atomic
def import_slips(*, job: ImportJob, slips: Sequence[Slip], actor: str, now: datetime) -> ImportJob:
    """Take in a batch that follows ``job.line``, in one transaction, and return the job as it is then.

    Members come into the club when the file first names them; what was recorded before and is the
    same is passed over; returns are matched to the orders they are of. Everything counts as history:
    nobody is told. Raises ``UnableToImport``.
    """
    locked = ImportJob.objects.select_for_update().get(pk=job.pk)
    if locked.line != job.line or locked.state != ImportJob.State.RUNNING:
        raise UnableToImport("import_runs_elsewhere", line=locked.line)
    tally = _Tally(notes=[_note(locked, reject) for slip in slips for reject in slip.rejects])
    sound = _at_home(locked, [slip for slip in slips if slip.new], tally)
    owners = _owners(locked.source, sound, tally, actor=actor, now=now)
    _import_orders(locked, sound, owners, tally, actor=actor, now=now)
    _import_returns(locked, sound, owners, tally, actor=actor, now=now)
    ImportNote.objects.bulk_create(tally.notes)
    return _moved(locked, slips[-1].last_line, tally)


@transaction.atomic
def finish_import(*, job: ImportJob, now: datetime) -> ImportJob:
    """The file was read to its end."""
    locked = ImportJob.objects.select_for_update().get(pk=job.pk)
    locked.state, locked.finished_at = ImportJob.State.FINISHED, now
    locked.save(update_fields=["state", "finished_at"])
    return locked


def _moved(job: ImportJob, line: int, tally: _Tally) -> ImportJob:
    job.line = line
    for name in ("members", "orders", "returns", "known"):
        setattr(job, name, getattr(job, name) + getattr(tally, name))
    job.save(update_fields=["line", "members", "orders", "returns", "known"])
    return job


def _note(job: ImportJob, reject: Reject, kind: str = ImportNote.Kind.REJECTED) -> ImportNote:
    return ImportNote(
        job=job,
        line=reject.line,
        number=reject.number,
        kind=kind,
        reason=reject.reason,
        facts=dict(reject.facts),
    )


def _refuse(job: ImportJob, slip: Slip, tally: _Tally, reason: str, facts: Mapping[str, object]) -> None:
    """Note every line of a receipt that could not be recorded."""
    number = slip.new.number if slip.new else ""
    plain = {name: str(value) for name, value in facts.items()}
    tally.notes += [_note(job, Reject(line, number, reason, plain)) for line in slip.lines.values()]


def _at_home(job: ImportJob, slips: Sequence[Slip], tally: _Tally) -> list[Slip]:
    """The receipts with their store; one from a store that the club does not know is refused."""
    stores = {store.code: store for store in Store.objects.filter(code__in={slip.store for slip in slips})}
    sound: list[Slip] = []
    for slip in slips:
        if slip.store and slip.store not in stores:
            _refuse(job, slip, tally, "store_is_not_known", {"store": slip.store})
        elif isinstance(slip.new, NewOrder) and slip.store:
            sound.append(replace(slip, new=replace(slip.new, store=stores[slip.store])))
        else:
            sound.append(slip)
    return sound


def _owners(
    source: str, slips: Sequence[Slip], tally: _Tally, *, actor: str, now: datetime
) -> dict[str, Member]:
    """The members named by the batch, by external id; those not known yet join at what they did first."""
    first: dict[str, datetime] = {}
    for slip in slips:
        if slip.member_id:
            first[slip.member_id] = min(first.get(slip.member_id, slip.happened_at), slip.happened_at)
    named = MemberIdentity.objects.filter(source=source, external_id__in=first)
    ids = dict(named.values_list("external_id", "member_id"))
    known = Member.objects.in_bulk(ids.values())
    owners = {external_id: known[member_id] for external_id, member_id in ids.items()}
    missing = {external_id: at for external_id, at in first.items() if external_id not in owners}
    tally.members = len(missing)
    return owners | join_history_members(joined_at=missing, source=source, actor=actor, now=now)


def _owned(
    slips: Sequence[Slip], kind: type[New], owners: Mapping[str, Member]
) -> dict[str, tuple[Slip, New]]:
    """The receipts, or the credit notes, of the batch by number, each with what it is to its member."""
    return {
        slip.new.number: (slip, replace(slip.new, member=owners.get(slip.member_id)))
        for slip in slips
        if isinstance(slip.new, kind)
    }


def _import_orders(
    job: ImportJob,
    slips: Sequence[Slip],
    owners: Mapping[str, Member],
    tally: _Tally,
    *,
    actor: str,
    now: datetime,
) -> None:
    found = _owned(slips, NewOrder, owners)
    fresh = _not_recorded([new for _slip, new in found.values()], Order.objects.filter(source=job.source))
    tally.known += len(found) - len(fresh)
    answers = record_orders(orders=fresh, actor=actor, now=now, is_history=True)
    for new, answer in zip(fresh, answers, strict=True):
        if isinstance(answer, OrderOutcome):
            tally.orders += not answer.is_replay
            tally.known += answer.is_replay
        else:
            _refuse(job, found[new.number][0], tally, answer.key, answer.facts)


def _import_returns(
    job: ImportJob,
    slips: Sequence[Slip],
    owners: Mapping[str, Member],
    tally: _Tally,
    *,
    actor: str,
    now: datetime,
) -> None:
    found = _owned(slips, NewReturn, owners)
    news = [new for _slip, new in found.values()]
    fresh = _not_recorded(news, OrderReturn.objects.filter(source=job.source))
    tally.known += len(found) - len(fresh)
    fresh = match_returns(sorted(fresh, key=lambda new: new.returned_at))
    answers = record_returns(returns=fresh, actor=actor, now=now, is_history=True)
    for new, answer in zip(fresh, answers, strict=True):
        if isinstance(answer, ReturnOutcome):
            tally.returns += 1
        else:
            _refuse(job, found[new.number][0], tally, answer.key, answer.facts)
    tally.notes += _parked(job, {number: slip for number, (slip, _new) in found.items()})


def _not_recorded(news: Sequence[New], rows: Any) -> list[New]:
    """Those that are not in the books with the very same content: new ones and changed ones."""
    known = dict(rows.filter(number__in=[new.number for new in news]).values_list("number", "fingerprint"))
    return [new for new in news if new.number not in known or members.fingerprint(new) != known[new.number]]


def _parked(job: ImportJob, slips: Mapping[str, Slip]) -> list[ImportNote]:
    """The lines of these returns that belong to no order line, whether recorded now or before."""
    lines = OrderReturnLine.objects.filter(
        order_return__source=job.source, order_return__number__in=slips, order_line__isnull=True
    ).select_related("order_return")
    return [
        _note(
            job,
            Reject(
                slips[row.order_return.number].lines[row.ref],
                row.order_return.number,
                "no_order_line_has_this_left" if row.order_return.member_id else "returned_by_a_guest",
                {"sku": row.sku, "quantity": f"{row.quantity.normalize():f}", "amount_ore": row.amount_ore},
            ),
            ImportNote.Kind.PARKED,
        )
        for row in lines
        if row.ref in slips[row.order_return.number].lines
    ]


@dataclass(slots=True)
class _Bought:
    """An order line and what of it has not come back."""

    line: OrderLine
    placed_at: datetime
    quantity: Decimal
    paid_ore: int

    def covers(self, wanted: NewReturnLine, at: datetime) -> bool:
        is_enough = wanted.quantity <= self.quantity and (wanted.amount_ore or 0) <= self.paid_ore
        return is_enough and self.placed_at <= at


def match_returns(returns: Sequence[NewReturn]) -> list[NewReturn]:
    """Give each return line, in turn, the order line that it is most likely of.

    That is the member's latest earlier purchase of the article of which at least that many pieces,
    and that much money, have not come back. A return that names its order is left as it is.
    """
    bought = _bought(one for one in returns if one.member and not one.order_number)
    return [one if one.order_number else _matched(one, bought) for one in returns]


def _matched(new: NewReturn, bought: Mapping[tuple[int, str], list[_Bought]]) -> NewReturn:
    if new.member is None:
        return new
    lines: list[NewReturnLine] = []
    for line in new.lines:
        candidates = bought.get((new.member.pk, line.sku), [])
        of = next((one for one in candidates if one.covers(line, new.returned_at)), None)
        if of is not None:
            of.quantity -= line.quantity
            of.paid_ore -= line.amount_ore or 0
        lines.append(replace(line, order_line=of.line if of else None))
    return replace(new, lines=tuple(lines))


def _bought(returns: Iterable[NewReturn]) -> dict[tuple[int, str], list[_Bought]]:
    """What these members have bought of these articles, the latest first, by member and article."""
    wanted = {(one.member.pk, line.sku) for one in returns if one.member for line in one.lines if line.sku}
    rows = (
        OrderLine.objects.filter(
            order__member__in={member for member, _sku in wanted},
            sku__in={sku for _member, sku in wanted},
            order__state=Order.State.PLACED,
            revision=F("order__revision"),
        )
        .annotate(member_id=F("order__member"), placed_at=F("order__placed_at"))
        .order_by("-placed_at", "order_id", "position")
    )
    lines = [row for row in rows if (row.member_id, row.sku) in wanted]
    came_back = _came_back(lines)
    bought: dict[tuple[int, str], list[_Bought]] = defaultdict(list)
    for row in lines:
        quantity, amount = came_back.get(row.pk, (Decimal(0), 0))
        one = _Bought(row, row.placed_at, row.quantity - quantity, row.paid_ore - amount)
        bought[row.member_id, row.sku].append(one)
    return bought


def _came_back(lines: Sequence[OrderLine]) -> dict[Any, tuple[Decimal, int]]:
    rows = OrderReturnLine.objects.filter(order_line__in=[line.pk for line in lines])
    sums = rows.values("order_line").annotate(came_back=Sum("quantity"), worth_ore=Sum("amount_ore"))
    return {row["order_line"]: (row["came_back"], row["worth_ore"]) for row in sums}
