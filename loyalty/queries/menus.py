"""What points can be used for when a member wants to, and what is missing for it."""

from dataclasses import dataclass
from fractions import Fraction

from loyalty.engine.objects import Menu, Option
from loyalty.engine.reading import Reading


@dataclass(frozen=True, slots=True)
class OptionReading:
    """``points`` are parts of the menu's meter; ``value_ore`` is 0 where the option is no money off.

    ``key`` is the menu's and the option's with a dot between, as names have it. Where ``is_at_the_till``, it is used
    with a purchase and not by itself. ``left`` is how many there still are, ``None`` where there is no end of them.
    """

    key: str
    menu: str
    option: str
    meter: str
    points: int
    value_ore: int
    reward: str
    missing: int
    is_at_the_till: bool
    left: int | None = None
    shows_left: bool = False

    @property
    def can_be_used(self) -> bool:
        return not self.missing and not self.is_at_the_till and self.left != 0


@dataclass(frozen=True, slots=True)
class MenuReading:
    """``least`` and ``step`` of a free choice, 0 without one, and what one step of it is worth in öre.

    ``missing`` is what the balance has to grow before anything of the menu can be used.
    """

    key: str
    meter: str
    unit: int
    available: int
    missing: int
    options: list[OptionReading]
    least: int
    step: int
    step_ore: int
    reward: str

    @property
    def can_choose_freely(self) -> bool:
        return bool(self.step and self.reward) and not self.missing and self.available >= self.least


def menus_of(reading: Reading) -> list[MenuReading]:
    """The menus that are for this member."""
    return [
        _menu(reading, menu)
        for menu in reading.programme.menus.values()
        if not menu.condition or menu.condition.holds(reading)
    ]


def option_of(reading: Reading, menu: str, option: str) -> OptionReading | None:
    """One option of one menu, where it is for this member."""
    found = (one for of in menus_of(reading) if of.key == menu for one in of.options)
    return next((one for one in found if one.option == option), None)


def _menu(reading: Reading, menu: Menu) -> MenuReading:
    available = reading.available(menu.meter)
    missing = max(menu.min_balance - available, 0)
    step = max(menu.unit, 1) if menu.unit_value else 0
    return MenuReading(
        key=menu.key,
        meter=menu.meter,
        unit=reading.programme.meters[menu.meter].unit,
        available=available,
        missing=missing,
        options=[_option(reading, menu, one, available, missing) for one in menu.options.values()],
        least=max(menu.least, step),
        step=step,
        step_ore=int(Fraction(step) * menu.unit_value),
        reward=menu.reward,
    )


def _option(reading: Reading, menu: Menu, option: Option, available: int, missing: int) -> OptionReading:
    reward = option.reward or menu.reward
    stocked = reading.programme.rewards.get(reward)
    left = reading.account.shelf.left(stocked) if stocked and stocked.stock else None
    return OptionReading(
        key=f"{menu.key}.{option.key}",
        menu=menu.key,
        option=option.key,
        meter=menu.meter,
        points=option.points,
        value_ore=option.value,
        reward=reward,
        missing=max(missing, option.points - available, 0),
        is_at_the_till=not reward,
        left=left,
        shows_left=left is not None and stocked is not None and stocked.shows_stock,
    )
