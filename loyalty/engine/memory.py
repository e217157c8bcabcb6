"""A club in memory: the same engine as the real one, and a ledger that can be read line by line."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from loyalty.engine import (
    compute,
    conversions,
    draws,
    due,
    funds,
    issuing,
    memory_draws,
    perks,
    pooling,
    redemption,
    reopening,
)
from loyalty.engine import memory_households as households
from loyalty.engine.account import Account
from loyalty.engine.effects import Credit, Effect, Entry, ForAnother, FundEntry
from loyalty.engine.errors import Refused
from loyalty.engine.granting import ByHand, give_by_hand
from loyalty.engine.happening import Line, MenuUse, Order, Person, act
from loyalty.engine.leaving import Waiting
from loyalty.engine.memory_state import state_of
from loyalty.engine.outcome import Done, State
from loyalty.engine.programme import Programme, Timetable
from loyalty.engine.reading import Reading
from loyalty.engine.records import Refs, Row, Sold, bring_all_back, key_of, lost_of, row_of
from loyalty.engine.scenario import GUEST, BackLine
from loyalty.engine.stock import Shelf

STAFF = "staff"
_REOPENED = {"key": "run_reopened", "reason": "by hand", "actor": STAFF}


@dataclass(slots=True)
class MemoryClub:
    """Implements ``rehearsal.Club``; ``rows`` is the ledger of everybody in the order it was written.

    ``sharing`` names the members on each account, its holder first; ``same`` leads from a member who was another all along.
    """

    timetable: Timetable
    people: dict[str, Person] = field(default_factory=dict)
    account_of: dict[str, str] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    orders: dict[str, Sold] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    fund_entries: list[FundEntry] = field(default_factory=list)
    bookings: dict[str, list[perks.Booking]] = field(default_factory=dict)
    wins: dict[str, list[draws.Win]] = field(default_factory=dict)
    drawn: set[tuple[str, Any]] = field(default_factory=set)
    credits: dict[str, int] = field(default_factory=dict)
    leaders: dict[str, str] = field(default_factory=dict)
    balances: dict[tuple[str, str], int] = field(default_factory=dict)
    waiting: dict[str, Waiting] = field(default_factory=dict)
    same: dict[str, str] = field(default_factory=dict)
    sharing: dict[str, list[str]] = field(default_factory=dict)
    codes: Counter[str] = field(default_factory=Counter)
    shelf: Shelf = field(default_factory=Shelf)

    def join(self, member: str, at: datetime, facts: Mapping[str, Any] | None = None) -> None:
        if not households.come_back(self, member, at):
            known = facts or {}
            households.begin(self, member, at, known)
            for event in ("join", "referral_joined") if known.get("referred_by") else ("join",):
                self._happen(member, act(event, f"{event}:{member}", at))
            if referrer := known.get("referred_by"):
                self._tell(ForAnother(referrer, "referral_joined", f"join:{member}", at))

    def _happen(self, member: str, order: Order) -> Done:
        """Something that may give; remembered only where a rule is about it."""
        programme = self.timetable.at(order.at)
        if programme is None or order.event not in programme.events:
            return Done()
        return self.sell(member, order)

    def sell(self, member: str, order: Order) -> Done:
        if member == GUEST:
            return self._sell_to_guest(order)
        order.person = self.people[member]
        order.leader = self.leaders.get(order.leader, order.leader)
        with self._undone_if_refused(member) as account:
            sale = compute.place_order(self.timetable, account, order)
        self.orders[order.key] = Sold(member, order, sale, self.account_of[member])
        effects = self.write(member)
        earned = {meter: amount for meter, amount in sale.award.amounts().items() if amount}
        if not earned:
            self.rows += [Row(order.at, member, "nothing", because) for because in sale.award.because]
        return Done(earned=earned, payable=order.paid, lost=lost_of(effects))

    def _sell_to_guest(self, order: Order) -> Done:
        """Nobody's order: only funds gain by it."""
        account = Account(joined_at=order.at, computed_to=order.at, new_ref=Refs())
        sale = compute.place_order(self.timetable, account, order)
        self.fund_entries += [one for one in account.take_effects() if isinstance(one, FundEntry)]
        self.orders[order.key] = Sold(GUEST, order, sale)
        return Done(payable=order.paid, lost=0)

    def take_back(self, number: str, lines: Sequence[BackLine], at: datetime) -> Done:
        sold = self._order(number)
        refund = bring_all_back(sold, lines)
        return replace(self._correct(sold, max(at, sold.order.at), {"key": "returned"}), refund=refund)

    def cancel(self, number: str, at: datetime) -> Done:
        sold = self._order(number)
        if sold.is_cancelled:
            return Done()
        if sold.came_back:
            raise Refused("goods_came_back", order=number)
        sold.is_cancelled = True
        return self._correct(sold, max(at, sold.order.at), {"key": "order_cancelled"})

    do, undo = sell, cancel

    def register(self, member: str, number: str, by: str, at: datetime) -> Done:
        sold = self._order(number)
        if sold.member == GUEST:
            self._find_owner(sold, member, by, at)
        elif sold.member != member:
            raise Refused("order_belongs_to_another_member", order=number)
        return Done(earned={meter: amount for meter, amount in sold.sale.award.amounts().items() if amount})

    def _find_owner(self, sold: Sold, member: str, by: str, at: datetime) -> None:
        if programme := self.timetable.at(sold.order.at):
            programme.late_claims.check(sold.order.at, at, by, programme.zone)
        sold.order = replace(sold.order, claimed_at=at, person=self.people[member], has_list_prices=False)
        with self._undone_if_refused(member) as account:
            sold.sale = compute.place_order(self.timetable, account, sold.facts())
        # The guest's, whose gains the funds already have.
        account.effects = [one for one in account.effects if not isinstance(one, FundEntry)]
        sold.member, sold.account = member, self.account_of[member]
        self.write(member)

    def redeem(self, member: str, code: str, number: str, amount: int, at: datetime) -> Done:
        order = Order(key_of(number), at, [Line("basket", 1000, amount)], vouchers=(code,))
        with self._computed(member, at) as account:
            redemption.use_vouchers(self.timetable, account, order)
        return Done(payable=order.paid, lost=lost_of(self.write(member)))

    def use(self, member: str, use: MenuUse, at: datetime) -> Done:
        with self._undone_if_refused(member) as account:
            compute.use_points(self.timetable, account, use, at, self.people[member])
        self.write(member)
        return Done()

    def accept(self, member: str, offer: str, at: datetime) -> Done:
        with self._undone_if_refused(member) as account:
            compute.accept(self.timetable, account, offer, at)
        self.write(member)
        return Done()

    def choose(self, member: str, conversion: str, size: int, at: datetime) -> Done:
        with self._computed(member, at) as account:
            conversions.choose(self.programme(at), account, conversion, size)
        self.write(member)
        return Done()

    def convert(self, member: str, conversion: str, amount: int | None, at: datetime) -> Done:
        with self._computed(member, at) as account:
            conversions.convert_on_demand(self.programme(at), conversion, account, at, amount)
        self.write(member)
        return Done()

    def reserve(self, member: str, code: str, number: str, minutes: int | None, at: datetime) -> Done:
        until = at + timedelta(minutes=minutes or 30)
        with self._computed(member, at) as account:
            redemption.reserve(account, redemption.find(account, code), key_of(number), at, until)
        self.write(member)
        return Done()

    def release(self, member: str, code: str, number: str, at: datetime) -> Done:
        with self._computed(member, at) as account:
            voucher = redemption.find(account, code)
            if voucher.state == "reserved":
                redemption.release(account, voucher, at, {"key": "voucher_released"})
        self.write(member)
        return Done()

    def give(self, member: str, code: str, to: str, at: datetime) -> Done:
        with self._computed(member, at) as account:
            voucher = redemption.find(account, code)
            reward = self.timetable.version(voucher.version).rewards[voucher.reward]
            given = redemption.given_this_year(account, voucher.reward, at, self.programme(at).zone)
            is_at_home = self.account_of.get(to) == self.account_of[member]
            redemption.give(account, reward, voucher, to, at, given, is_at_home=is_at_home)
            if to in self.account_of:
                redemption.receive(account, self._account(to), voucher, at)
                self.write(to)
        self.write(member)
        return Done()

    def claim(self, member: str, code: str, at: datetime) -> Done:
        with self._computed(member, at) as account:
            voucher = redemption.find(account, code)
            issuing.claim(self.timetable.version(voucher.version), voucher, account, at)
        self.write(member)
        return Done()

    def pick(self, member: str, code: str, choice: str, at: datetime) -> Done:
        with self._computed(member, at) as account:
            voucher = redemption.find(account, code)
            issuing.choose(self.timetable.version(voucher.version), voucher, account, choice, at)
        self.write(member)
        return Done()

    def adjust(self, member: str, meter: str, amount: int, reason: str, at: datetime) -> Done:
        with self._undone_if_refused(member) as account:
            compute.adjust(self.timetable, account, meter, amount, at, STAFF, reason)
        self.write(member)
        return Done()

    def reopen(self, member: str, conversion: str, run_at: datetime, at: datetime) -> Done:
        with self._computed(member, at) as account:
            reopening.reopen(self.programme(at), account, conversion, run_at, at, _REOPENED)
        self.write(member)
        return Done()

    def set_tier(
        self, member: str, ladder: str, tier: str, to: datetime | None, at: datetime, origin: str
    ) -> Done:
        with self._computed(member, at) as account:
            by = ByHand(STAFF, "by hand", origin)
            give_by_hand(self.programme(at), account, ladder, tier, to, at, by)
        self.write(member)
        return Done()

    def leave(self, member: str, at: datetime) -> Done:
        with households.whole_or_not(self):
            households.leave(self, member, at)
        return Done()

    def move_in(self, member: str, to: str, at: datetime) -> Done:
        with households.whole_or_not(self):
            households.move_in(self, member, to, at)
        return Done()

    def move_out(self, member: str, at: datetime) -> Done:
        with households.whole_or_not(self):
            households.move_out(self, member, at)
        return Done()

    def merge(self, member: str, double: str, at: datetime) -> Done:
        with households.whole_or_not(self):
            households.merge(self, member, double, at)
        return Done()

    def book(self, member: str, perk: str, seats: int, at: datetime) -> Done:
        found = perks.find(self.programme(at), perk)
        booked = self.bookings.get(perk, [])
        self.bookings[perk] = perks.book(found, booked, self.reading(member, at), member, seats)
        return Done()

    def unbook(self, member: str, perk: str, at: datetime) -> Done:
        found = perks.find(self.programme(at), perk)
        self.bookings[perk] = perks.unbook(found, self.bookings.get(perk, []), member)
        return Done()

    def grant(self, fund: str, amount: int, to: str, at: datetime) -> Done:
        found = self.programme(at).funds.get(fund)
        if found is None:
            raise Refused("no_such_fund", fund=fund)
        self.fund_entries.append(funds.grant(found, self.fund_entries, amount, to, at))
        return Done()

    def pool(self, conversion: str, amount: int, at: datetime) -> Done:
        self.pass_to(at)
        pooling.share_out(self.programme(at), conversion, self.accounts, amount, at)
        for name in list(self.accounts):
            self.write_account(name)
        return Done()

    def pass_to(self, at: datetime) -> None:
        programme = self.timetable.latest(at)
        for draw, pool in draws.due_pools(programme, self.drawn, at) if programme else ():
            self._catch_up(pool.drawn_at)
            memory_draws.hold(self, draw, pool)
        self._catch_up(at)

    def _catch_up(self, at: datetime) -> None:
        for name, account in self.accounts.items():
            due.catch_up(self.timetable, account, at)
            self.write_account(name)

    def draw(self, key: str, pool: draws.Pool | None, at: datetime) -> Done:
        memory_draws.draw_now(self, key, pool, at)
        return Done()

    def state(self, member: str, at: datetime) -> State:
        return state_of(self, member, at)

    def programme(self, at: datetime) -> Programme:
        if (programme := self.timetable.latest(at)) is None:
            raise Refused("no_programme")
        return programme

    def reading(self, member: str, at: datetime) -> Reading:
        account = self._account(member)
        return Reading(self.programme(at), account, at, person=self.people.get(member))

    def _account(self, member: str) -> Account:
        return self.accounts[self.account_of[member]]

    @contextmanager
    def _undone_if_refused(self, member: str) -> Iterator[Account]:
        name = self.account_of[member]
        before, on_the_shelf = deepcopy(self.accounts[name]), self.shelf.changes()
        try:
            yield self.accounts[name]
        except Refused:
            self.accounts[name] = before
            self.shelf.change_to(on_the_shelf)
            raise

    @contextmanager
    def _computed(self, member: str, at: datetime) -> Iterator[Account]:
        with self._undone_if_refused(member) as account:
            due.catch_up(self.timetable, account, at)
            yield account

    def _order(self, number: str) -> Sold:
        sold = self.orders.get(key_of(number))
        if sold is None:  # it was refused
            raise Refused("order_not_found", order=number)
        return sold

    def _correct(self, sold: Sold, at: datetime, cause: dict[str, Any]) -> Done:
        if sold.member == GUEST:
            return self._correct_guest(sold, at, cause)
        account, facts = self.accounts[sold.account], sold.facts()
        sold.sale = compute.correct_order(self.timetable, account, facts, sold.sale, at, cause)
        if not facts.lines:
            compute.reopen_vouchers(self.timetable, account, facts.key, at, sold.is_cancelled)
        self._retell(facts, at, cause)
        taken: dict[str, int] = {}
        for effect in self.write_account(sold.account, sold.member):
            if isinstance(effect, Entry) and effect.kind == "reverse" and effect.order == facts.key:
                taken[effect.meter] = taken.get(effect.meter, 0) - effect.amount
        return Done(taken_back=taken)

    def _correct_guest(self, sold: Sold, at: datetime, cause: dict[str, Any]) -> Done:
        account = Account(joined_at=sold.order.at, computed_to=at, new_ref=Refs())
        sold.sale = compute.correct_order(self.timetable, account, sold.facts(), sold.sale, at, cause)
        self.fund_entries += [one for one in account.take_effects() if isinstance(one, FundEntry)]
        return Done()

    def _tell(self, told: ForAnother) -> None:
        """What happened to a member also happens to who invited them."""
        if told.who not in self.account_of:
            return
        sale = compute.act_for_another(self.timetable, self._account(told.who), told)
        order = act(told.event, told.key, told.at)
        self.orders[order.key] = Sold(told.who, order, sale, self.account_of[told.who])
        self.write(told.who)

    def _retell(self, order: Order, at: datetime, cause: dict[str, Any]) -> None:
        """Goods behind a referral came back: where the programme says so, so does what they gave."""
        for role in ("referrer", "leader"):
            told = self.orders.get(f"{order.key}:{role}")
            if told is None or not self.programme(at).returns.retests_referrals:
                continue
            told.is_cancelled = not order.lines
            if told.is_cancelled:
                self._correct(told, at, cause)
            else:
                left = ForAnother(told.member, told.order.event, order.key, told.order.at, order.paid, role)
                account = self.accounts[told.account]
                told.sale = compute.correct_for_another(self.timetable, account, left, told.sale, at, cause)
                self.write(told.member)

    def write(self, member: str) -> list[Effect]:
        return self.write_account(self.account_of[member], member)

    def write_account(self, name: str, member: str = "") -> list[Effect]:
        """Write what has happened to an account as rows; a new voucher gets its code."""
        account = self.accounts[name]
        for voucher in account.vouchers:
            if not voucher.code:
                self.codes[name] += 1
                voucher.code = f"{name}-{self.codes[name]}"
        effects = account.take_effects()
        for effect in effects:
            if isinstance(effect, FundEntry):
                self.fund_entries.append(effect)
            elif isinstance(effect, ForAnother):
                self._tell(effect)
            elif isinstance(effect, Credit):
                self.credits[member] = self.credits.get(member, 0) + effect.amount
            elif row := row_of(member or name, effect, self.balances):
                self.rows.append(row)
        return effects
