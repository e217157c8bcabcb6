"""Recording what members do besides buying, and what happens to them: a visit, a review, a friend's first order."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from loyalty.actions.accounts import open_accounts, open_books
from loyalty.actions.booking import Context, book
from loyalty.actions.corrections import add_gain, add_posted, add_vouchers, frozen_sale
from loyalty.actions.outcomes import at_sale
from loyalty.engine import happening
from loyalty.engine.account import Account
from loyalty.engine.compute import (
    Sale,
    act_for_another,
    correct_for_another,
    correct_order,
    place_order,
    reopen_vouchers,
)
from loyalty.engine.effects import ForAnother
from loyalty.engine.errors import Refused
from loyalty.engine.programme import Timetable
from loyalty.models import Act, Entry, FundEntry, Voucher
from loyalty.queries.balances import seen
from loyalty.queries.facts import THOUSAND, place_of, tiers_of
from loyalty.queries.people import person_of
from loyalty.queries.programmes import timetable as published_timetable
from loyalty.queries.told import kinds_told
from members import actions as members
from members.actions import UnableToRecordAct
from members.models import Member, Store
from members.models.asked import asked
from members.models.together import Row, Rows

# What happens by itself, and is not for anybody to tell.
RESERVED = (
    *("purchase", "first_purchase", "return", "join"),
    *("birthday", "birthday_month", "anniversary"),
    *("referral_joined", "referral_ordered"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class NewAct:
    """(``source``, ``number``) is its natural key. ``attributes`` are figures it carries: nights, minutes."""

    source: str
    number: str
    kind: str
    member: Member
    occurred_at: datetime
    quantity: Decimal = Decimal(1)
    amount_ore: int = 0
    store: Store | None = None
    channel: str = "shop"
    category_path: str = ""
    flags: tuple[str, ...] = ()
    attributes: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return f"{self.source}:{self.number}"


@dataclass(frozen=True, slots=True)
class ActOutcome:
    """``earned`` is the amount per meter, in its smallest part; ``because`` tells why, or why not."""

    act: Act
    is_replay: bool
    earned: Mapping[str, int] = field(default_factory=dict)
    because: Sequence[Mapping[str, Any]] = ()
    issued: Sequence[Voucher] = ()
    tiers: Mapping[str, str] = field(default_factory=dict)


def record_act(*, act: NewAct, now: datetime, actor: str) -> ActOutcome:
    """Record what a member did and what it gives. Sent again, it is answered again and changes nothing.

    Raises ``UnableToRecordAct`` and then nothing is stored.
    """
    check_act(act, kinds_told())
    return record_happening(act=act, now=now)


def check_act(act: NewAct, kinds: Collection[str]) -> None:
    """Raise ``UnableToRecordAct`` when it cannot be told, or is not of one of ``kinds``."""
    if act.kind in RESERVED:
        raise UnableToRecordAct("act_happens_by_itself", act=act.kind)
    if act.kind not in kinds:
        known = ", ".join(sorted(set(kinds).difference(RESERVED)))
        raise UnableToRecordAct("act_is_not_known", act=act.kind, known=known)
    if not 0 < act.quantity * THOUSAND == int(act.quantity * THOUSAND):
        raise UnableToRecordAct("act_quantity_is_not_valid")


def record_happening(*, act: NewAct, now: datetime) -> ActOutcome:
    """The same for what happens by itself, as joining does."""
    try:
        with transaction.atomic():
            books = open_books(
                {act.member.account_id}, asked(_acts_here, act.source, act.number), since=act.occurred_at
            )
            if books.along[0]:
                return _answered_before(act)
            account = books.accounts[act.member.account_id]
            return _record(books.timetable, account, act, now)
    except IntegrityError:  # a twin of this call was first
        if not Act.objects.filter(source=act.source, number=act.number).exists():
            raise
        return _answered_before(act)


def _acts_here(source: str, number: str) -> QuerySet[Act, tuple[Any, ...]]:
    return Act.objects.filter(source=source, number=number).values_list("pk")


def answers_before(news: Sequence[NewAct]) -> list[ActOutcome | UnableToRecordAct]:
    """What acts that are here already were answered with, in three queries; or that they were something else."""
    acts = {act.key: act for act in Act.objects.filter(number__in=[one.number for one in news])}
    answers = acts_answered_before([acts[new.key] for new in news])
    return [
        one if _is_same(new, one.act) else _used_for_something_else(one.act)
        for new, one in zip(news, answers, strict=True)
    ]


def _is_same(new: NewAct, act: Act) -> bool:
    sent = (new.kind, new.member.pk, new.quantity, new.amount_ore)
    return sent == (act.kind, act.member_id, act.quantity, act.amount_ore)


def _used_for_something_else(act: Act) -> UnableToRecordAct:
    return UnableToRecordAct("act_number_used_for_something_else", act=str(act.pk))


def act_answered_before(act: Act) -> ActOutcome:
    """What recording the act gave when it was first told."""
    [answer] = acts_answered_before([act])
    return answer


def acts_answered_before(acts: Sequence[Act]) -> list[ActOutcome]:
    """The same for many, in their order, in two queries."""
    earned: dict[Any, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    entries = seen(Entry.objects.filter(act__in=acts, kind="earn"))
    for act_id, meter, amount in entries.values_list("act_id", "meter", "amount"):
        earned[act_id][meter] += amount
    issued: dict[str, list[Voucher]] = defaultdict(list)
    accounts, keys = {act.account_id for act in acts}, [act.key for act in acts]
    for voucher in Voucher.objects.filter(account_id__in=accounts, order_key__in=keys).order_by("pk"):
        issued[voucher.order_key].append(voucher)
    return [
        ActOutcome(
            act,
            is_replay=True,
            earned=dict(earned[act.pk]),
            because=act.because,
            issued=issued[act.key],
            tiers=act.at_sale.get("tiers_after", {}),
        )
        for act in acts
    ]


def _answered_before(new: NewAct) -> ActOutcome:
    [answer] = answers_before([new])
    if isinstance(answer, UnableToRecordAct):
        raise answer
    return answer


def _record(timetable: Timetable, account: Account, new: NewAct, now: datetime) -> ActOutcome:
    facts = facts_of(new, account)
    try:
        sale = place_order(timetable, account, facts)
    except Refused as refused:
        raise UnableToRecordAct(refused.key, **refused.facts) from refused
    row = row_of(new, sale, account, now)
    issued = _book(timetable, account, row, now, [told_of("act.recorded", row, row.occurred_at, now)])
    earned = sale.award.told()
    return ActOutcome(
        row,
        is_replay=False,
        earned=earned,
        because=sale.award.because,
        issued=issued,
        tiers=tiers_of(account),
    )


def facts_of(new: NewAct, account: Account) -> happening.Order:
    line = happening.Line(
        "1",
        int(new.quantity * THOUSAND),
        new.amount_ore,
        categories=tuple(new.category_path.split("/")) if new.category_path else (),
        flags=frozenset(new.flags),
        attributes={name: int(value * THOUSAND) for name, value in new.attributes.items()},
    )
    person = account.people.get(str(new.member.pk)) or person_of(new.member)
    return happening.Order(
        new.key,
        new.occurred_at,
        [line],
        channel=new.channel,
        event=new.kind,
        person=person,
        **place_of(new.store),
    )


def row_of(new: NewAct, sale: Sale, account: Account, now: datetime) -> Act:
    told: dict[str, Any] = {
        "channel": new.channel,
        "category_path": new.category_path,
        "flags": sorted(new.flags),
        "attributes": {name: int(value * THOUSAND) for name, value in new.attributes.items()},
    }
    return Act(
        account_id=new.member.account_id,
        member=new.member,
        source=new.source,
        number=new.number,
        kind=new.kind,
        quantity=new.quantity,
        amount_ore=new.amount_ore,
        store=new.store,
        facts={name: value for name, value in told.items() if value},
        version_id=int(sale.award.version) if sale.award.version else None,
        at_sale={**at_sale(sale), "tiers_after": tiers_of(account)},
        because=sale.award.because,
        occurred_at=new.occurred_at,
        recorded_at=now,
    )


def _book(
    timetable: Timetable, account: Account, row: Act, now: datetime, told: Sequence[Row]
) -> list[Voucher]:
    booked = book(_context(timetable, row, now), {row.account_id: account}, told, [Rows(Act, [vars(row)])])
    return booked.issued.get(row.account_id, [])


def told_of(kind: str, row: Act, at: datetime, now: datetime) -> Row:
    """The activity that tells of an act."""
    return members.activity_row(
        kind=kind,
        member_id=row.member_id,
        account_id=row.account_id,
        facts={"act": str(row.pk), "kind": row.kind},
        occurred_at=at,
        now=now,
    )


def record_for_another(*, member: Member, told: ForAnother, now: datetime) -> Act | None:
    """What somebody else did whom ``member`` invited or leads, and what it gives them. Twice changes nothing."""
    source, _, number = told.key.partition(":")
    with transaction.atomic():
        timetable = published_timetable()
        accounts = open_accounts(timetable, [member.account_id], since=told.at)
        if Act.objects.filter(source=source, number=number).exists():
            return None
        account = accounts[member.account_id]
        sale = act_for_another(timetable, account, told)
        new = NewAct(
            source=source,
            number=number,
            kind=told.event,
            member=member,
            occurred_at=told.at,
            amount_ore=told.amount,
        )
        row = row_of(new, sale, account, now)
        _book(timetable, account, row, now, [])
        return row


def undo_act(*, act: Act, undone_at: datetime, now: datetime, actor: str) -> Act:
    """It did not happen after all: everything it gave is taken back. Twice changes nothing."""
    return take_back_act(act_id=act.pk, at=undone_at, cause={"key": "order_cancelled"}, now=now)


@transaction.atomic
def take_back_act(*, act_id: Any, at: datetime, cause: Mapping[str, Any], now: datetime) -> Act:
    """Take back what an act gave, because of ``cause``."""
    row = _locked(act_id)
    if row.undone_at is not None:
        return row
    timetable = published_timetable()
    at = max(at, row.occurred_at)
    accounts = open_accounts(timetable, [row.account_id], since=at, order_keys=[row.key])
    account = accounts[row.account_id]
    facts = happening.Order(row.key, row.occurred_at, [], event=row.kind)
    correct_order(timetable, account, facts, _sale_of(row), at, dict(cause))
    reopen_vouchers(timetable, account, row.key, at, cause["key"] == "order_cancelled")
    row.undone_at = at
    row.save(update_fields=["undone_at"])
    book(_context(timetable, row, now), accounts, [told_of("act.undone", row, at, now)])
    return row


@transaction.atomic
def correct_act_for_another(
    *, act_id: Any, told: ForAnother, at: datetime, cause: Mapping[str, Any], now: datetime
) -> None:
    """Only ``told.amount`` is left of what somebody else bought, and what that gives. Twice changes nothing."""
    row = _locked(act_id)
    if row.undone_at is not None:
        return
    timetable, at = published_timetable(), max(at, row.occurred_at)
    accounts = open_accounts(timetable, [row.account_id], since=at, order_keys=[row.key])
    correct_for_another(timetable, accounts[row.account_id], told, _sale_of(row), at, dict(cause))
    book(_context(timetable, row, now), accounts)


def _locked(act_id: Any) -> Act:
    rows = Act.objects.select_for_update(of=("self",), no_key=True).select_related("member")
    return rows.get(pk=act_id)


def _context(timetable: Timetable, row: Act, now: datetime) -> Context:
    people = {row.account_id: row.member_id} if row.member_id else {}
    return Context(timetable, now, members=people, acts={row.key: row.pk})


def _sale_of(act: Act) -> Sale:
    """The frozen side of an act and what it has given so far."""
    sale = frozen_sale(act.version_id, act.at_sale, act.because)
    for entry in act.entries.filter(kind__in=["earn", "reverse"]).order_by("sequence"):
        add_posted(sale, entry)
    add_vouchers({act.key: sale}, [act.account_id])
    for gained in FundEntry.objects.filter(source=act.key, order__isnull=True).exclude(rule=""):
        add_gain(sale, gained)
    return sale
