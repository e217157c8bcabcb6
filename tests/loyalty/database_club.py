"""The club of a rehearsal on the real tables: every act is the action that a till or a shop would call."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from loyalty import actions
from loyalty.actions import publish_version
from loyalty.engine.calendar import last_day
from loyalty.engine.errors import Refused
from loyalty.engine.happening import Line, Order
from loyalty.engine.rehearsal import Done, MeterState, State, VoucherState
from loyalty.engine.scenario import SOURCE, BackLine
from loyalty.models import Balance, Lot, Standing, Voucher
from members import actions as members
from members.actions import NewLine, NewOrder, NewReturn, NewReturnLine, UnableTo
from members.models import Member, Store
from members.models import Order as OrderRow

STAFF = "staff"


@dataclass(slots=True)
class DatabaseClub:
    """Implements ``rehearsal.Club``; the clock always stands at the happening's own time."""

    zone: ZoneInfo
    members: dict[str, Member] = field(default_factory=dict)
    returns: int = 0

    @classmethod
    def of(cls, document: Mapping[str, Any], starts_at: datetime) -> "DatabaseClub":
        """A club under a programme that is in force from ``starts_at`` on."""
        version = actions.import_programme(document=document, name="scenario", now=starts_at)
        publish_version(version=version, valid_from=starts_at, now=starts_at, actor=STAFF)
        return cls(ZoneInfo(version.time_zone))

    def join(self, member: str, at: datetime) -> None:
        email = f"{member}@post.example"
        self.members[member] = members.join_member(email=email, now=at, actor=STAFF).member

    def sell(self, member: str, order: Order) -> Done:
        with _refusing():
            outcome = actions.record_order(order=self._new_order(member, order), now=order.at, actor=STAFF)
        lost = sum(row.value_ore - row.used_ore for row in outcome.used if row.state == "redeemed")
        return Done(earned=dict(outcome.earned), payable=outcome.order.paid_ore, lost=lost)

    def take_back(self, number: str, lines: Sequence[BackLine], at: datetime) -> Done:
        self.returns += 1
        new_return = NewReturn(
            source=SOURCE,
            number=f"return-{self.returns}",
            order_number=number,
            returned_at=at,
            lines=tuple(_back_line(number, line) for line in lines),
        )
        with _refusing():
            outcome = actions.record_return(new_return=new_return, now=at, actor=STAFF)
        return Done(taken_back=dict(outcome.taken_back), refund=outcome.order_return.amount_ore)

    def cancel(self, number: str, at: datetime) -> Done:
        order = OrderRow.objects.get(source=SOURCE, number=number)
        before = _reversed(order)
        with _refusing():
            actions.cancel_order(order=order, cancelled_at=at, now=at, actor=STAFF)
        return Done(
            taken_back={meter: sum_ - before.get(meter, 0) for meter, sum_ in _reversed(order).items()}
        )

    def redeem(self, member: str, code: str, number: str, amount: int, at: datetime) -> Done:
        with _refusing():
            used = actions.redeem_voucher(
                code=code, order_key=f"{SOURCE}:{number}", amount_ore=amount, now=at, actor=STAFF
            )
        row = used.voucher
        lost = row.value_ore - row.used_ore if row.state == "redeemed" else 0
        return Done(payable=used.payable_ore, lost=lost)

    def adjust(self, member: str, meter: str, amount: int, reason: str, at: datetime) -> Done:
        with _refusing():
            actions.adjust_points(
                account=self.members[member].account,
                meter=meter,
                amount=amount,
                reason=reason,
                actor=STAFF,
                now=at,
            )
        return Done()

    def pass_to(self, at: datetime) -> None:
        actions.run_due(at=at, now=at)

    def state(self, member: str, at: datetime) -> State:
        account = self.members[member].account
        account.refresh_from_db()
        standing = Standing.objects.filter(account=account).first()
        vouchers = Voucher.objects.filter(account=account).order_by("issued_at", "debit__sequence", "pk")
        return State(
            meters={row.meter: _meter_state(row, at) for row in Balance.objects.filter(account=account)},
            vouchers=[self._voucher_state(row) for row in vouchers],
            tiers={
                ladder: (held["tier"], self._last_day(held["valid_to"]))
                for ladder, held in (standing.tiers if standing else {}).items()
            },
            is_closed=account.closed_at is not None,
        )

    def _new_order(self, member: str, order: Order) -> NewOrder:
        store = Store.objects.get_or_create(code=order.store, defaults={"name": order.store})[0]
        return NewOrder(
            source=SOURCE,
            number=order.key.partition(":")[2],
            placed_at=order.at,
            lines=tuple(_new_line(line) for line in order.lines),
            member=self.members[member],
            store=store if order.store else None,
            channel=order.channel,
            vouchers=order.vouchers,
        )

    def _voucher_state(self, row: Voucher) -> VoucherState:
        is_open = row.state in ("scheduled", "issued", "reserved")
        left = row.value_ore - row.used_ore if is_open else 0
        expires_at = row.expires_at.isoformat() if row.expires_at else None
        last = self._last_day(expires_at)
        return VoucherState(row.code, row.reward, row.value_ore, left, last, row.state)

    def _last_day(self, moment: str | None) -> Any:
        return last_day(datetime.fromisoformat(moment), self.zone) if moment else None


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except UnableTo as error:
        raise Refused(error.key, **error.facts) from error


def _new_line(line: Line) -> NewLine:
    return NewLine(
        ref=line.ref,
        quantity=Decimal(line.quantity) / 1000,
        gross_ore=line.gross,
        discount_ore=line.discount,
        vat_rate=Decimal(line.vat_rate) / 100,
        sku=line.sku,
        category_path="/".join(line.categories),
        brand=line.brand,
        flags=tuple(line.flags),
    )


def _back_line(number: str, back: BackLine) -> NewReturnLine:
    quantity = Decimal(back.quantity) / 1000 if back.quantity is not None else _all_left(number, back.ref)
    return NewReturnLine(ref=back.ref, quantity=quantity, amount_ore=back.amount, order_line_ref=back.ref)


def _all_left(number: str, ref: str) -> Decimal:
    line = OrderRow.objects.get(source=SOURCE, number=number).lines.get(ref=ref)
    return Decimal(line.quantity) - sum((one.quantity for one in line.return_lines.all()), Decimal(0))


def _reversed(order: OrderRow) -> dict[str, int]:
    found: dict[str, int] = {}
    for meter, amount in order.entries.filter(kind="reverse").values_list("meter", "amount"):
        found[meter] = found.get(meter, 0) - amount
    return found


def _meter_state(row: Balance, at: datetime) -> MeterState:
    lots = list(Lot.objects.filter(account_id=row.account_id, meter=row.meter, remaining__gt=0))
    usable = [lot for lot in lots if lot.available_from <= at and (not lot.expires_at or at < lot.expires_at)]
    later = [lot for lot in lots if at < lot.available_from]
    return MeterState(
        row.amount, sum(lot.remaining for lot in usable), sum(lot.remaining for lot in later), row.debt
    )
