"""Redemption menus: points used when a member wants to, on an order or for something by itself."""

from dataclasses import dataclass
from datetime import datetime

from loyalty.engine.account import Account
from loyalty.engine.effects import Because, Entry, Voucher
from loyalty.engine.errors import Refused
from loyalty.engine.happening import Line, MenuUse, Order
from loyalty.engine.issuing import issue
from loyalty.engine.objects import Menu, Option
from loyalty.engine.programme import Programme
from loyalty.engine.reading import Reading
from loyalty.engine.redemption import spread, use_on
from loyalty.engine.stock import is_left


@dataclass(frozen=True, slots=True)
class Used:
    """What an order used of a menu: parts of its meter, their worth in öre, and how many came back with goods."""

    menu: str
    points: int
    value: int
    returned: int = 0


def use_menus(programme: Programme, account: Account, order: Order) -> list[Used]:
    """Use what ``order`` asks of menus. Raises ``Refused``."""
    seen: dict[str, int] = {}
    found: list[Used] = []
    for use in order.uses:
        menu = _menu(programme, use)
        if seen.get(menu.key) and menu.is_once_per_order:
            raise Refused("only_one_per_order", menu=menu.key)
        lines = _lines(programme, menu, account, order)
        option, points, value = _wanted(menu, use)
        _check(programme, menu, account, order.at, points, seen.get(menu.key, 0), order.key)
        paid_before = order.paid
        if option and option.reward:
            voucher = _give_reward(programme, menu, account, order.at, option, points, order.key)
            use_on(programme, programme.rewards[option.reward], account, order, voucher)
        else:
            _pay(programme, menu, account, order, lines, points, value)
        seen[menu.key] = seen.get(menu.key, 0) + points
        found.append(Used(menu.key, points, paid_before - order.paid))
    return found


def use_menu(programme: Programme, account: Account, use: MenuUse, at: datetime) -> None:
    """Use points for something that is not part of an order. Raises ``Refused``."""
    menu = _menu(programme, use)
    option, points, value = _wanted(menu, use)
    _check(programme, menu, account, at, points, 0)
    if option is None or not option.reward:
        option = Option(use.option, points, value, menu.reward)
    if not option.reward:
        raise Refused("only_on_an_order", menu=menu.key)
    _give_reward(programme, menu, account, at, option, points, "")


def points_for(programme: Programme, use: MenuUse) -> tuple[str, int]:
    """The meter and the points that ``use`` would take. Raises ``Refused`` where there is no such thing."""
    menu = _menu(programme, use)
    return menu.meter, _wanted(menu, use)[1]


def _menu(programme: Programme, use: MenuUse) -> Menu:
    menu = programme.menus.get(use.menu)
    if menu is None:
        raise Refused("no_such_menu", menu=use.menu)
    return menu


def _wanted(menu: Menu, use: MenuUse) -> tuple[Option | None, int, int]:
    """The option meant, the points it takes, and its worth in öre."""
    option = menu.options.get(use.option) if use.option else None
    if option is None and not menu.unit_value:
        option = next((one for one in menu.options.values() if one.points == use.amount), None)
    if option is not None:
        return option, option.points, option.value
    if not menu.unit_value:
        raise Refused("no_such_option", menu=menu.key)
    if use.amount < max(menu.least, 1) or use.amount % menu.unit:
        raise Refused("menu_minimum", menu=menu.key, minimum=menu.least, unit=menu.unit)
    return None, use.amount, int(use.amount * menu.unit_value)


def _check(
    programme: Programme, menu: Menu, account: Account, at: datetime, points: int, used: int, order: str = ""
) -> None:
    """Raises ``Refused`` where the balance, or the menu, does not allow ``points`` beside those ``used``."""
    available = account.free(menu.meter, at, order)
    if available < menu.min_balance:
        raise Refused("menu_minimum", menu=menu.key, minimum=menu.min_balance, available=available)
    if points > available:
        raise Refused("not_enough", meter=menu.meter, available=available, wanted=points)
    if menu.max_points and used + points > menu.max_points:
        raise Refused("menu_maximum", menu=menu.key, maximum=menu.max_points)
    if not menu.condition.holds(Reading(programme, account, at)):
        raise Refused("not_for_this_member", menu=menu.key)


def _lines(programme: Programme, menu: Menu, account: Account, order: Order) -> list[Line]:
    """What of ``order`` may be paid with points; raises ``Refused`` where it is nothing."""
    reading = Reading(programme, account, order.at, person=order.person)
    if refused := menu.scope.refuses_order(order, programme.zone, reading, menu.key):
        raise Refused(refused[0], menu=menu.key, what=refused[1])
    lines = [line for line in order.lines if menu.scope.refuses_line(line) is None]
    if not any(line.paid for line in lines):
        raise Refused("nothing_to_pay_with_points", menu=menu.key)
    return lines


def _pay(
    programme: Programme,
    menu: Menu,
    account: Account,
    order: Order,
    lines: list[Line],
    points: int,
    value: int,
) -> None:
    """Take ``points``, and their worth off ``lines``; an option larger than the goods loses the rest."""
    payable = sum(line.paid for line in lines)
    allowed = int(payable * menu.max_share / 100)
    if value > allowed and menu.max_share < 100:
        raise Refused("more_than_its_share", menu=menu.key, allowed_ore=allowed)
    if value > payable and menu.unit_value:
        raise Refused("more_than_it_costs", menu=menu.key, allowed_ore=payable)
    amount = min(value, allowed)
    because: Because = {
        "key": "points_used",
        "meter": menu.meter,
        "points": points,
        "value_ore": amount,
        "order": order.key,
    }
    if value > amount:
        because["lost_ore"] = value - amount
    _debit(programme, menu, account, order.at, points, because, order.key)
    spread(amount, lines)


def _give_reward(
    programme: Programme,
    menu: Menu,
    account: Account,
    at: datetime,
    option: Option,
    points: int,
    order: str,
) -> Voucher:
    """A voucher for what was chosen."""
    because: Because = {"key": "points_used", "meter": menu.meter, "points": points}
    reward = programme.rewards[option.reward]
    if not is_left(account.shelf, reward):
        raise Refused("out_of_stock", reward=reward.key)
    debit = _debit(programme, menu, account, at, points, because, order)
    return issue(programme, reward, account, at, because, option.value, debit, rule=menu.key)


def _debit(
    programme: Programme,
    menu: Menu,
    account: Account,
    at: datetime,
    points: int,
    because: Because,
    order: str,
) -> Entry:
    meter = programme.meters[menu.meter]
    account.note("redeem", at)
    lots = account.by_consumption(meter, at)
    return account.debit(
        meter, points, "redeem", at, because, lots, rule=menu.key, version=programme.key, order=order
    )
