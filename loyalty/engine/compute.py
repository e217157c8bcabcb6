"""What can happen to an account, each computed in the fixed order of the eight steps.

1 lapse and close · 2 tiers that fall due · 3 prices · 4 vouchers and menus · 5 earning · 6 meters, conversions
at once, tiers, challenges · 7 runs · 8 returns. Steps 1, 2 and 7 are ``due.catch_up``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from loyalty.engine import granting, holding, menus, redemption, returning, tiers
from loyalty.engine.account import Account
from loyalty.engine.challenges import settle_challenges
from loyalty.engine.conversions import convert_at_once
from loyalty.engine.due import catch_up, take_over
from loyalty.engine.earning import award, occasions, single
from loyalty.engine.effects import Because, ForAnother
from loyalty.engine.errors import Refused
from loyalty.engine.given import Award
from loyalty.engine.happening import NOBODY, MenuUse, Order, Person, act
from loyalty.engine.households import check_spender, has_left
from loyalty.engine.lapsing import expires_at
from loyalty.engine.menus import Used
from loyalty.engine.posting import Posted, post
from loyalty.engine.pricing import price
from loyalty.engine.programme import Programme, Timetable
from loyalty.engine.reading import Answers, Reading
from loyalty.engine.reopening import after_return
from loyalty.engine.retesting import retest
from loyalty.engine.returning import take_back

__all__ = [
    "Posted",
    "Sale",
    "act_for_another",
    "adjust",
    "correct_for_another",
    "correct_order",
    "place_order",
    "reopen_vouchers",
]
AFTER = "after: "


@dataclass(slots=True)
class Sale:
    """What must be kept of an order to take back exactly what it gave: the frozen side.

    ``answers`` are what the account told the rules at the sale.
    """

    award: Award
    answers: Answers = field(default_factory=dict)
    posted: dict[str, Posted] = field(default_factory=dict)
    earns: str = ""
    priced: list[Because] = field(default_factory=list)
    uses: list[Used] = field(default_factory=list)


def place_order(timetable: Timetable, account: Account, order: Order) -> Sale:
    """Steps 1 to 6 for a new order or act; a late one is computed as of its own date.

    Changes the discount and voucher share of ``order``'s lines. Raises ``Refused`` for a voucher or points that
    cannot be used; then nothing of it may be stored.
    """
    catch_up(timetable, account, order.at)
    programme = timetable.at(order.at)
    if programme is None:
        redemption.use_vouchers(timetable, account, order)
        holding.end(account, order.key, order.at, {"key": "reservation_released", "order": order.key})
        return Sale(Award("", because=[{"key": "no_programme"}]))
    reading = Reading(programme, account, order.at, person=order.person)
    if order.uses or order.vouchers:
        check_spender(programme, account, order.person, order.at)
    priced = price(programme, order, reading) if order.has_list_prices else []
    redemption.use_vouchers(timetable, account, order)
    uses = menus.use_menus(programme, account, order) if order.uses else []
    holding.end(account, order.key, order.at, {"key": "reservation_released", "order": order.key})
    earns = _earns(programme, account, order, uses)
    if (account.closed_at and account.closed_at <= order.at) or has_left(order.person, order.at):
        return Sale(Award(programme.key, because=[{"key": "account_closed"}]), priced=priced)
    sale = Sale(_award(programme, order, reading, earns), reading.answers, {}, earns, priced, uses)
    _note(programme, account, order, reading)
    for given in sale.award.given:
        if given.amount:
            sale.posted[given.name] = post(programme, account, order, given, order.at)
    granting.grant(programme, account, order, reading)
    _follow(programme, account, order.at)
    _add_after(programme, account, order, sale)
    if (
        account.computed_to > order.at
    ):  # heard of late: a version that has started since may change what it earned
        own = [lot for lot in account.lots if lot.order == order.key]
        take_over(timetable, account, account.computed_to, own)
    return sale


def _award(
    programme: Programme, order: Order, reading: Reading, earns: str, *, is_after: bool = False
) -> Award:
    """What the order gives, by what it earns on."""
    if earns == "full":
        order = replace(order, lines=[replace(line, voucher=0) for line in order.lines])
    is_silenced = earns == "nothing"
    found = award(programme, order, reading, is_after=is_after, is_paid_with_points=is_silenced)
    if is_silenced:
        found.because.append({"key": "points_or_check_used"})
    return found


def _earns(programme: Programme, account: Account, order: Order, uses: list[Used]) -> str:
    """What an order earns on, by the vouchers and menus used on it: paid (nothing), full, or nothing."""
    if any(programme.menus[used.menu].earns == "nothing" for used in uses):
        return "nothing"
    key = order.key
    used = [one.reward for one in account.vouchers if one.redeemed_for == key]
    kinds = {programme.rewards[one].earns for one in used if one in programme.rewards}
    return next((kind for kind in ("nothing", "full") if kind in kinds), "") if kinds else ""


def _note(programme: Programme, account: Account, order: Order, reading: Reading) -> None:
    """Remember that it happened, and tell who invited the member of a first purchase."""
    kind = "purchase" if order.is_purchase else order.event
    if order.is_purchase:
        account.note("purchase", order.at)
        referrer = (order.person or account.person or NOBODY).referrer
        if referrer and "referral_ordered" in occasions(programme, order, reading):
            account.effects.append(ForAnother(referrer, "referral_ordered", order.key, order.at, order.paid))
        if order.leader and any(rule.beneficiary == "leader" for rule in programme.earning_rules):
            led = ForAnother(order.leader, "purchase", order.key, order.at, order.paid, "leader")
            account.effects.append(led)
    else:
        account.note("act", order.at)
        account.note(order.event, order.at)
    account.remember(f"event.{kind}", order.at, max(order.paid, 1), order.key)


def _follow(programme: Programme, account: Account, at: datetime) -> None:
    """What new amounts lead to at once. What is heard of late joins what there is by now, and is turned with it."""
    known_at = max(at, account.computed_to)
    convert_at_once(programme, account, known_at)
    tiers.rise(programme, account, at)
    if programme.challenges:
        settle_challenges(programme, account, at)
        convert_at_once(programme, account, known_at)


def _add_after(programme: Programme, account: Account, order: Order, sale: Sale) -> None:
    """Rules that use the tier held after the order."""
    if not programme.has_rules_after:
        return
    reading = Reading(programme, account, order.at, person=order.person)
    after = _award(programme, order, reading, sale.earns, is_after=True)
    sale.answers |= {f"{AFTER}{question}": answer for question, answer in reading.answers.items()}
    sale.award.given += after.given
    sale.award.because += after.because
    for given in after.given:
        if given.amount:
            sale.posted[given.name] = post(programme, account, order, given, order.at)
    _follow(programme, account, order.at)


def correct_order(
    timetable: Timetable,
    account: Account,
    order: Order,
    sale: Sale,
    at: datetime,
    cause: Because,
    order_return: str = "",
) -> Sale:
    """Step 8: ``order`` is what stands of it now, after a return, a new revision or a cancellation.

    What is posted is the award of what stands under the frozen rules, minus what was posted. So
    any way to the same end gives the same sum.
    """
    catch_up(timetable, account, at)
    if not sale.award.version:
        return sale
    programme = timetable.version(sale.award.version)
    target = _frozen_award(programme, account, order, sale)
    posted = _post_difference(programme, account, order, sale.posted, target, at, cause, order_return)
    _forget(account, order, at, cause)
    retest(programme, account, order.at, at)
    tiers.undo(programme, account, order.at, at)
    if not order.lines:
        granting.take_back(programme, account, order.key, at)
    after_return(programme, account, order.key, order.at, at)
    _follow(programme, account, at)
    is_cancelled = cause["key"] == "order_cancelled"
    uses = returning.give_back_points(programme, account, order, sale.uses, at, is_cancelled)
    return Sale(target, sale.answers, posted, sale.earns, sale.priced, uses)


def _post_difference(
    programme: Programme,
    account: Account,
    order: Order,
    before: Mapping[str, Posted],
    target: Award,
    at: datetime,
    cause: Because,
    order_return: str = "",
) -> dict[str, Posted]:
    """Give or take what ``target`` is more or less than what was posted ``before``; answers what then is."""
    posted = dict(before)
    wanted = {given.name: given for given in target.given}
    for name, one in before.items():
        given = wanted.pop(name, None)
        difference = (given.amount if given else 0) - one.amount
        if difference < 0 and (programme.returns.takes_points or one.fund):
            take_back(programme, account, order, name, one, -difference, at, cause, order_return)
            posted[name] = one.changed(difference)
        elif given and difference > 0:
            post(programme, account, order, given, at, difference)
            posted[name] = one.changed(difference)
    return posted | {
        name: post(programme, account, order, given, at) for name, given in wanted.items() if given.amount
    }


def _frozen_award(programme: Programme, account: Account, order: Order, sale: Sale) -> Award:
    """What the order as it stands now would have given at the sale."""
    before = {key: answer for key, answer in sale.answers.items() if not key.startswith(AFTER)}
    target = _award(programme, order, Reading(programme, account, order.at, before, order.person), sale.earns)
    if programme.has_rules_after:
        after = {
            key.removeprefix(AFTER): answer for key, answer in sale.answers.items() if key.startswith(AFTER)
        }
        reading = Reading(programme, account, order.at, after, order.person)
        more = _award(programme, order, reading, sale.earns, is_after=True)
        target.given += more.given
        target.because += more.because
    return target


def _forget(account: Account, order: Order, at: datetime, cause: Because) -> None:
    """An order that came back whole no longer counts as a purchase; that goods came back is remembered."""
    name = f"event.{'purchase' if order.is_purchase else order.event}"
    before = sum(one.amount for one in account.history.get(name, ()) if one.source == order.key)
    now = max(order.paid, 1) if order.lines else 0
    if now != before:
        account.remember(name, order.at, now - before, order.key)
    if cause["key"] == "returned":
        account.remember("event.return", at, max(before - now, 1), order.key)


def reopen_vouchers(
    timetable: Timetable, account: Account, order_key: str, at: datetime, is_cancelled: bool
) -> None:
    """Vouchers and points used on an order that was cancelled, or came back whole where the reward says so."""
    returning.reopen(timetable, account, order_key, at, is_cancelled)


def act_for_another(timetable: Timetable, account: Account, told: ForAnother) -> Sale:
    """``told`` happened to somebody whom this account's member invited: rules for the referrer."""
    catch_up(timetable, account, told.at)
    programme = timetable.at(told.at)
    if programme is None or account.closed_at or told.event not in programme.rules_by_event:
        return Sale(Award(""))
    order, reading = _act_of(told), Reading(programme, account, told.at)
    sale = Sale(_award_for(programme, told, order, reading), reading.answers)
    sale.posted = _post_difference(programme, account, order, {}, sale.award, told.at, {})
    _follow(programme, account, told.at)
    return sale


def correct_for_another(
    timetable: Timetable, account: Account, told: ForAnother, sale: Sale, at: datetime, cause: Because
) -> Sale:
    """Step 8 of the same: ``told.amount`` is what still stands of it."""
    catch_up(timetable, account, at)
    if not sale.award.version:
        return sale
    programme, order = timetable.version(sale.award.version), _act_of(told)
    target = _award_for(programme, told, order, Reading(programme, account, told.at, sale.answers))
    posted = _post_difference(programme, account, order, sale.posted, target, at, cause)
    retest(programme, account, told.at, at)
    tiers.undo(programme, account, told.at, at)
    _follow(programme, account, at)
    return Sale(target, sale.answers, posted)


def _act_of(told: ForAnother) -> Order:
    return act(told.event, told.key, told.at, amount=told.amount)


def _award_for(programme: Programme, told: ForAnother, order: Order, reading: Reading) -> Award:
    """What ``told`` gives to whom it is told."""
    result = Award(programme.key)
    for rule in programme.earning_rules:
        if rule.beneficiary == told.role and rule.event == told.event:
            result.take_in(single(programme, rule, order, reading))
    return result


def accept(timetable: Timetable, account: Account, offer: str, at: datetime) -> None:
    """The member accepts an offer or a challenge. Raises ``Refused`` for one that cannot be, or not again."""
    catch_up(timetable, account, at)
    programme = timetable.at(at)
    rules = [rule for rule in programme.earning_rules if rule.offer == offer] if programme else []
    if programme is None or not rules:
        raise Refused("no_such_offer", offer=offer)
    cap = rules[0].acceptances
    if cap is not None and cap.window is not None:
        span = account.span(f"accepted.{offer}", cap.window, at, programme.zone)
        times = sum(one.at in span for one in account.history.get(f"accepted.{offer}", ()))
        if times >= cap.times:
            raise Refused("accepted_too_often", offer=offer, maximum=cap.times)
    account.remember(f"accepted.{offer}", at, 1)


def use_points(
    timetable: Timetable, account: Account, use: MenuUse, at: datetime, person: Person | None = None
) -> None:
    """A member uses points for something that is not an order. Raises ``Refused``."""
    catch_up(timetable, account, at)
    programme = timetable.at(at)
    if programme is None:
        raise Refused("no_programme")
    check_spender(programme, account, person, at)
    menus.use_menu(programme, account, use, at)


def adjust(
    timetable: Timetable,
    account: Account,
    meter_key: str,
    amount: int,
    at: datetime,
    actor: str,
    reason: str,
) -> None:
    """Staff add or take points; taking more than is available raises ``Refused``."""
    catch_up(timetable, account, at)
    programme = timetable.latest(at)
    if programme is None or meter_key not in programme.meters:
        raise Refused("no_such_meter", meter=meter_key)
    meter = programme.meters[meter_key]
    because: Because = {"key": "adjusted", "meter": meter_key, "amount": amount, "reason": reason}
    details: dict[str, Any] = {"version": programme.key, "actor": actor, "reason": reason}
    if amount > 0:
        lapses_at = expires_at(programme, account, meter_key, at)
        account.credit(meter, amount, "adjust", at, because, expires_at=lapses_at, **details)
        convert_at_once(programme, account, at)
        return
    available = account.available(meter_key, at) if meter.is_spendable else account.balance(meter_key)
    if -amount > available and not meter.may_be_negative:
        raise Refused("not_enough", meter=meter_key, available=available, wanted=-amount)
    lots = account.by_consumption(meter, at)
    account.debit(meter, -amount, "adjust", at, because, lots, **details)
