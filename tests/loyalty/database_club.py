"""The club of a rehearsal on the real tables: every act is the action that a till or a shop would call."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Self
from zoneinfo import ZoneInfo

from loyalty import actions
from loyalty.actions import NewAct, publish_version
from loyalty.engine.errors import Refused
from loyalty.engine.happening import Line, MenuUse, Order
from loyalty.engine.outcome import Done, State
from loyalty.engine.scenario import GUEST, SOURCE, BackLine, Scenario
from loyalty.models import Act
from members import actions as members
from members.actions import ConsentAnswer, NewLine, NewOrder, NewReturn, NewReturnLine, NewUse, UnableTo
from members.models import Member, Store
from members.models import Order as OrderRow
from segments.models import Membership, Segment
from tests.loyalty import database_state
from tests.loyalty.database_state import lost_points, sums

STAFF = "staff"


@dataclass(slots=True)
class DatabaseClub:
    """Implements ``rehearsal.Club``; the clock always stands at the happening's own time."""

    zone: ZoneInfo
    members: dict[str, Member] = field(default_factory=dict)
    households: dict[str, Member] = field(default_factory=dict)
    leaders: dict[str, str] = field(default_factory=dict)
    returns: int = 0

    @classmethod
    def of(
        cls,
        document: Mapping[str, Any],
        played: Scenario,
        documents: Callable[[str], Mapping[str, Any]] | None = None,
        **more: Any,
    ) -> Self:
        """A club under the programme, and the scenario's other versions from their days on."""
        versions = [(played.starts_at, document)]
        versions += [(start, documents(name)) for start, name in played.versions if documents]
        for starts_at, one in versions:
            version = actions.import_programme(document=one, name=f"from {starts_at}", now=played.starts_at)
            publish_version(version=version, valid_from=starts_at, now=played.starts_at, actor=STAFF)
        return cls(ZoneInfo(version.time_zone), **more)

    def join(self, member: str, at: datetime, facts: Mapping[str, Any] | None = None) -> None:
        known = facts or {}
        first = None if member in self.members else self.households.get(known.get("account", member))
        if first is not None:
            first.refresh_from_db()
        told: dict[str, Any] = {
            "email": f"{member}@post.example",
            "birth_date": date.fromisoformat(known["born"]) if "born" in known else None,
            "consents": [
                ConsentAnswer(purpose=one, channel="email", is_given=True, wording="1")
                for one in known.get("consents", ())
            ],
            "referrer": self.members.get(known.get("referred_by", "")),
            "is_staff_member": known.get("staff", False),
            "first_name": known.get("name", ""),
            **({"street": known["address"], "postal_code": "1"} if "address" in known else {}),
        }
        with _refusing(at):
            if first is None:
                joined = members.join_member(**told, now=at, actor=STAFF)
            else:
                joined = actions.join_household(account=first.account, **told, now=at, actor=STAFF)
        self.members[member] = joined.member
        for key in known.get("segments", ()):
            found, _new = Segment.objects.get_or_create(
                key=key, defaults={"name": key, "definition": {}, "saved_at": at}
            )
            Membership.objects.create(segment=found, member=joined.member, entered_at=at)
        if known.get("may_spend"):
            members.update_member(member=joined.member, may_spend=True, actor=STAFF, now=at)
        self.households.setdefault(known.get("account", member), joined.member)
        if "leads" in known:
            self.leaders[known["leads"]] = joined.member.number

    def sell(self, member: str, order: Order) -> Done:
        with _refusing(order.at):
            outcome = actions.record_order(order=self._new_order(member, order), now=order.at, actor=STAFF)
        lost = sum(row.value_ore - row.used_ore for row in outcome.used if row.state == "redeemed")
        lost += lost_points(order.key)
        earned = sums(outcome.order.entries.filter(kind="earn"))
        return Done(earned=earned, payable=outcome.order.paid_ore, lost=lost)

    def do(self, member: str, order: Order) -> Done:
        [line] = order.lines
        act = NewAct(
            source=SOURCE,
            number=order.key.partition(":")[2],
            kind=order.event,
            member=self.members[member],
            occurred_at=order.at,
            quantity=Decimal(line.quantity) / 1000,
            amount_ore=line.gross,
            store=store_of(order),
            channel=order.channel,
            category_path="/".join(line.categories),
            flags=tuple(line.flags),
            attributes=_decimals(line.attributes),
        )
        with _refusing(order.at):
            outcome = actions.record_act(act=act, now=order.at, actor=STAFF)
        return Done(earned=sums(outcome.act.entries.filter(kind="earn")), payable=line.gross, lost=0)

    def undo(self, number: str, at: datetime) -> Done:
        act = Act.objects.filter(source=SOURCE, number=number).first()
        if act is None:
            return self.cancel(number, at)
        with _refusing(at):
            actions.undo_act(act=act, undone_at=at, now=at, actor=STAFF)
        return Done(taken_back=_taken(act.entries.all()))

    def take_back(self, number: str, lines: Sequence[BackLine], at: datetime) -> Done:
        self.returns += 1
        _order(number)  # one that is not known yet would wait for its order
        new_return = NewReturn(
            source=SOURCE,
            number=f"return-{self.returns}",
            order_number=number,
            returned_at=at,
            lines=tuple(_back_line(number, line) for line in lines),
        )
        with _refusing(at):
            outcome = actions.record_return(new_return=new_return, now=at, actor=STAFF)
        taken_back = _taken(outcome.order_return.entries.all())
        return Done(taken_back=taken_back, refund=outcome.order_return.amount_ore)

    def cancel(self, number: str, at: datetime) -> Done:
        order = _order(number)
        before = _taken(order.entries.all())
        with _refusing(at):
            actions.cancel_order(order=order, cancelled_at=at, now=at, actor=STAFF)
        after = _taken(order.entries.all())
        return Done(taken_back={meter: amount - before.get(meter, 0) for meter, amount in after.items()})

    def register(self, member: str, number: str, by: str, at: datetime) -> Done:
        order = _order(number)
        with _refusing(at):
            outcome = actions.claim_order(
                order=order, member=self.members[member], by=by, now=at, actor=STAFF
            )
        return Done(earned=sums(outcome.order.entries.filter(kind="earn")))

    def redeem(self, member: str, code: str, number: str, amount: int, at: datetime) -> Done:
        with _refusing(at):
            used = actions.redeem_voucher(
                code=code, order_key=f"{SOURCE}:{number}", amount_ore=amount, now=at, actor=STAFF
            )
        row = used.voucher
        lost = row.value_ore - row.used_ore if row.state == "redeemed" else 0
        return Done(payable=used.payable_ore, lost=lost)

    def use(self, member: str, use: MenuUse, at: datetime) -> Done:
        wanted = NewUse(menu=use.menu, option=use.option, amount=use.amount)
        with _refusing(at):
            actions.use_points(member=self.members[member], use=wanted, now=at, actor=STAFF)
        return Done()

    def accept(self, member: str, offer: str, at: datetime) -> Done:
        with _refusing(at):
            actions.accept_offer(account=self._account(member), offer=offer, now=at, actor=STAFF)
        return Done()

    def choose(self, member: str, conversion: str, size: int, at: datetime) -> Done:
        with _refusing(at):
            actions.choose_size(
                account=self._account(member), conversion=conversion, size=size, now=at, actor=STAFF
            )
        return Done()

    def convert(self, member: str, conversion: str, amount: int | None, at: datetime) -> Done:
        with _refusing(at):
            actions.convert_on_demand(
                account=self._account(member), conversion=conversion, amount=amount, now=at, actor=STAFF
            )
        return Done()

    def reserve(self, member: str, code: str, number: str, minutes: int | None, at: datetime) -> Done:
        until = at + timedelta(minutes=minutes or 30)
        with _refusing(at):
            actions.reserve_voucher(
                code=code, order_key=f"{SOURCE}:{number}", until=until, now=at, actor=STAFF
            )
        return Done()

    def release(self, member: str, code: str, number: str, at: datetime) -> Done:
        with _refusing(at):
            actions.release_voucher(code=code, order_key=f"{SOURCE}:{number}", now=at, actor=STAFF)
        return Done()

    def give(self, member: str, code: str, to: str, at: datetime) -> Done:
        with _refusing(at):
            actions.give_voucher(code=code, to=self.members.get(to), now=at, actor=STAFF)
        return Done()

    def claim(self, member: str, code: str, at: datetime) -> Done:
        with _refusing(at):
            actions.claim_voucher(code=code, now=at, actor=STAFF)
        return Done()

    def pick(self, member: str, code: str, choice: str, at: datetime) -> Done:
        with _refusing(at):
            actions.choose_benefit(code=code, choice=choice, now=at, actor=STAFF)
        return Done()

    def adjust(self, member: str, meter: str, amount: int, reason: str, at: datetime) -> Done:
        with _refusing(at):
            actions.adjust_points(
                account=self._account(member), meter=meter, amount=amount, reason=reason, actor=STAFF, now=at
            )
        return Done()

    def set_tier(
        self, member: str, ladder: str, tier: str, to: datetime | None, at: datetime, origin: str
    ) -> Done:
        with _refusing(at):
            actions.set_tier(
                account=self._account(member),
                ladder=ladder,
                tier=tier,
                valid_to=to,
                origin=origin,
                reason="by hand",
                actor=STAFF,
                now=at,
            )
        return Done()

    def leave(self, member: str, at: datetime) -> Done:
        with _refusing(at):
            members.close_member(member=self.members[member], reason="left", now=at, actor=STAFF)
        self.members[member].refresh_from_db()
        return Done()

    def move_in(self, member: str, to: str, at: datetime) -> Done:
        home = Member.objects.get(pk=self.members[to].pk).account
        with _refusing(at):
            self.members[member] = actions.move_in(
                member=self.members[member], account=home, now=at, actor=STAFF
            )
        return Done()

    def move_out(self, member: str, at: datetime) -> Done:
        with _refusing(at):
            self.members[member] = actions.move_out(member=self.members[member], now=at, actor=STAFF)
        return Done()

    def merge(self, member: str, double: str, at: datetime) -> Done:
        with _refusing(at):
            merged = actions.merge_members(
                member=self.members[member],
                double=self.members[double],
                reason="one person",
                now=at,
                actor=STAFF,
            )
        self.members[member] = self.members[double] = merged
        return Done()

    def book(self, member: str, perk: str, seats: int, at: datetime) -> Done:
        with _refusing(at):
            actions.book_seats(perk=perk, member=self.members[member], seats=seats, now=at, actor=STAFF)
        return Done()

    def reopen(self, member: str, conversion: str, run_at: datetime, at: datetime) -> Done:
        run = {"account": self._account(member), "conversion": conversion}
        day: Any = run_at.astimezone(self.zone).date()
        with _refusing(at):
            actions.reopen_run(**run, day=day, reason="by hand", actor=STAFF, now=at)
        return Done()

    def unbook(self, member: str, perk: str, at: datetime) -> Done:
        with _refusing(at):
            actions.give_up_seats(perk=perk, member=self.members[member], now=at, actor=STAFF)
        return Done()

    def draw(self, key: str, pool: Any, at: datetime) -> Done:
        with _refusing(at):
            actions.draw_now(draw=key, now=at, actor=STAFF)
        return Done()

    def grant(self, fund: str, amount: int, to: str, at: datetime) -> Done:
        with _refusing(at):
            actions.grant(fund=fund, amount_ore=amount, to=to, reason="", now=at, actor=STAFF)
        return Done()

    def pool(self, conversion: str, amount: int, at: datetime) -> Done:
        with _refusing(at):
            actions.share_out(conversion=conversion, amount_ore=amount, now=at, actor=STAFF)
        return Done()

    def pass_to(self, at: datetime) -> None:
        actions.run_due(at=at, now=at)
        deliver(at)

    def state(self, member: str, at: datetime) -> State:
        return database_state.state_of(self.members.get(member), at, self.zone)

    def _account(self, member: str) -> Any:
        return self.members[member].account

    def _new_order(self, member: str, order: Order) -> NewOrder:
        return NewOrder(
            source=SOURCE,
            number=order.key.partition(":")[2],
            placed_at=order.at,
            lines=tuple(_new_line(line) for line in order.lines),
            member=None if member == GUEST else self.members[member],
            store=store_of(order),
            channel=order.channel,
            vouchers=order.vouchers,
            payments=order.payments,
            dates=order.dates,
            claimed_at=order.claimed_at,
            uses=tuple(NewUse(menu=use.menu, option=use.option, amount=use.amount) for use in order.uses),
            has_list_prices=order.has_list_prices,
            leader=self.leaders.get(order.leader, order.leader),
        )


@contextmanager
def _refusing(at: datetime) -> Iterator[None]:
    """What an action refuses, as the engine would; and then what follows from it, as the worker would do."""
    try:
        yield
    except UnableTo as error:
        raise Refused(error.key, **error.facts) from error
    deliver(at)


def deliver(at: datetime) -> None:
    while (done := members.deliver_activities(now=at)).delivered or done.failed:
        assert done.failed == 0


def store_of(order: Order) -> Store | None:
    if not (order.store or order.chain or order.region or order.country):
        return None
    told = {"chain": order.chain, "region": order.region, "country": order.country}
    code = "-".join(filter(None, (order.store, *told.values()))) if not order.store else order.store
    return Store.objects.update_or_create(code=code, defaults={"name": code, **told})[0]


def _decimals(thousandths: Mapping[str, int]) -> dict[str, Decimal]:
    return {name: Decimal(value) / 1000 for name, value in thousandths.items()}


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
        attributes=_decimals(line.attributes),
    )


def _back_line(number: str, back: BackLine) -> NewReturnLine:
    quantity = Decimal(back.quantity) / 1000 if back.quantity is not None else quantity_left(number, back.ref)
    if not quantity:
        raise Refused("more_than_was_bought", line=back.ref)
    return NewReturnLine(ref=back.ref, quantity=quantity, amount_ore=back.amount, order_line_ref=back.ref)


def _order(number: str) -> OrderRow:
    order = OrderRow.objects.filter(source=SOURCE, number=number).first()
    if order is None:
        raise Refused("order_not_found", order=number)
    return order


def quantity_left(number: str, ref: str) -> Decimal:
    line = _order(number).lines.get(ref=ref)
    return Decimal(line.quantity) - sum((one.quantity for one in line.return_lines.all()), Decimal(0))


def _taken(entries: Any) -> dict[str, int]:
    return {meter: -amount for meter, amount in sums(entries.filter(kind="reverse")).items()}
