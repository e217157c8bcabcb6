"""Random happenings of one member, played on a club in memory that is watched."""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from loyalty.engine.effects import Effect
from loyalty.engine.errors import Refused
from loyalty.engine.happening import MenuUse, act
from loyalty.engine.memory import MemoryClub
from loyalty.engine.menus import Used
from loyalty.engine.posting import Posted
from loyalty.engine.programme import Programme, Timetable
from loyalty.engine.records import Sold
from loyalty.engine.scenario import BackLine
from tests.loyalty.engine.document_parts import EVENTS, OFFER, one, some
from tests.loyalty.engine.invented import MEMBER, START, baskets, order

Step = dict[str, Any]
HOURS = timedelta(hours=1)
hours = one(0, 1, 5, 30, 100, 400, 1500)
buying = some(
    {"do": one("buy"), "after": hours, "basket": baskets},
    {"late": one(30, 700), "vouchers": one(1, 2), "points": one(10, 15, 40), "option": one("small", "big")}
    | {"web": st.booleans(), "card": st.booleans()},
)
acting = some({"do": one("act"), "after": hours, "event": one(*EVENTS)})
giving_back = some({"do": one("give_back"), "after": hours, "which": st.integers(0, 5), "part": one(1, 2, 3)})
others = st.one_of(
    some({"do": one("cancel"), "after": hours, "which": st.integers(0, 5)}),
    some({"do": one("accept"), "after": hours, "offer": one(OFFER, "play0")}),
    some({"do": one("convert"), "after": hours, "amount": one(None, 20, 55)}),
    some({"do": one("use"), "after": hours, "option": one("big")}),
    some({"do": one("adjust"), "after": hours, "amount": one(25, -10)}),
    some({"do": one("pass"), "after": hours}),
)
following = st.lists(
    st.one_of(buying, buying, acting, giving_back, giving_back, others), min_size=1, max_size=7
)
steps = st.builds(lambda first, rest: [first, *rest], buying, following)


@dataclass(slots=True)
class WatchedClub(MemoryClub):
    """Keeps every effect; where it is ``stored``, a sale goes through JSON as it does through the database."""

    effects: list[Effect] = field(default_factory=list)
    is_stored: bool = False

    def write_account(self, name: str, member: str = "") -> list[Effect]:
        effects = MemoryClub.write_account(self, name, member)
        self.effects += effects
        return effects

    def sweep(self, at: datetime) -> None:
        self._catch_up(at)

    def _order(self, number: str) -> Sold:
        sold = MemoryClub._order(self, number)
        if self.is_stored:
            told = json.loads(json.dumps(sold.sale.answers))
            uses = [
                Used(*one)
                for one in json.loads(json.dumps([(u.menu, u.points, u.value) for u in sold.sale.uses]))
            ]
            posted = json.loads(json.dumps({name: asdict(one) for name, one in sold.sale.posted.items()}))
            sold.sale = replace(
                sold.sale,
                answers=told,
                uses=uses,
                posted={name: Posted(**one) for name, one in posted.items()},
            )
        return sold


@dataclass(slots=True)
class Player:
    """Plays steps one by one; what is refused did not happen."""

    programme: Programme
    is_stored: bool = False
    sweeps: tuple[int, ...] = ()
    club: WatchedClub = field(init=False)
    now: Any = START
    numbers: list[str] = field(default_factory=list)
    done: int = 0

    def __post_init__(self) -> None:
        timetable = Timetable(((START, None, self.programme),))
        self.club = WatchedClub(timetable, is_stored=self.is_stored)
        self.club.join(MEMBER, START, {"born": "1990-03-01"})

    @property
    def account(self) -> Any:
        return self.club.accounts[MEMBER]

    def play(self, step: Step) -> None:
        before, self.now = self.now, self.now + step["after"] * HOURS
        for sweep in self.sweeps:
            self.club.sweep(before + (self.now - before) * sweep // 10)
        self.done += 1
        with suppress(Refused):
            getattr(self, f"_{step['do']}")(step)

    def _buy(self, step: Step) -> None:
        at = max(self.now - step.get("late", 0) * HOURS, START)
        self.club.sweep(at)  # which vouchers the buyer has must not hang on when the last one was
        codes = [one.code for one in self.account.vouchers if one.state == "issued"]
        number = str(self.done)
        bought = order(int(number), step["basket"], at, tuple(codes[: step.get("vouchers", 0)]))
        bought.channel = "web" if step.get("web") else "shop"
        bought.has_list_prices = True
        bought.payments = {"card": bought.before_vouchers} if step.get("card") else {}
        bought.dates = {"delivery": date(2025, 1, 20)}
        bought.uses = self._uses(step)
        self.club.sell(MEMBER, bought)
        self.numbers.append(number)

    def _uses(self, step: Step) -> tuple[MenuUse, ...]:
        if not self.programme.menus:
            return ()
        unit = self.programme.meters["points"].unit
        option = (MenuUse("menu0", step["option"]),) if "option" in step else ()
        return option + ((MenuUse("menu0", "", step["points"] * unit),) if "points" in step else ())

    def _act(self, step: Step) -> None:
        self.club.do(MEMBER, act(step["event"], f"scenario:{self.done}", self.now))
        self.numbers.append(str(self.done))

    def _give_back(self, step: Step) -> None:
        if not self.numbers:
            return
        number = self.numbers[step["which"] % len(self.numbers)]
        sold = self.club.orders[f"scenario:{number}"]
        left = [sold.left(line) for line in sold.order.lines]
        lines = [BackLine(line.ref, -(-line.quantity // step["part"])) for line in left if line.quantity]
        self.club.take_back(number, lines[: 2 if step["part"] > 1 else None], self.now)

    def _cancel(self, step: Step) -> None:
        if self.numbers:
            self.club.cancel(self.numbers[step["which"] % len(self.numbers)], self.now)

    def _accept(self, step: Step) -> None:
        self.club.accept(MEMBER, step["offer"], self.now)

    def _convert(self, step: Step) -> None:
        amount = step["amount"] and step["amount"] * self.programme.meters["points"].unit
        self.club.convert(MEMBER, "turn0", amount, self.now)

    def _use(self, step: Step) -> None:
        self.club.use(MEMBER, MenuUse("menu0", step["option"]), self.now)

    def _adjust(self, step: Step) -> None:
        amount = step["amount"] * self.programme.meters["points"].unit
        self.club.adjust(MEMBER, "points", amount, "for a reason", self.now)

    def _pass(self, step: Step) -> None:
        self.club.pass_to(self.now)

    def give_back_everything(self) -> None:
        for number in reversed(self.numbers):
            with suppress(Refused):
                self.club.take_back(number, [], self.now)


def played(programme: Programme, happened: list[Step], **how: Any) -> Player:
    player = Player(programme, **how)
    for step in happened:
        player.play(step)
    return player


def without_late(happened: list[Step]) -> list[Step]:
    return [{name: value for name, value in step.items() if name != "late"} for step in happened]
