"""The totals of members are what a full count finds, whatever happens to orders and returns."""

import random
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from loyalty import actions
from members import actions as members
from members.actions import NewLine, NewOrder, NewReturn, NewReturnLine, UnableTo
from members.models import Member, Order
from segments import actions as segments
from segments import queries
from segments.models import Totals
from tests.loyalty.shop_door import publish
from tests.make import NOON, make_member

pytestmark = pytest.mark.django_db
DEEDS = 40


@dataclass
class Story:
    """A shop's days as chance has them: ``now`` goes on by hours, and what is told may be of days before."""

    chance: random.Random
    people: list[Member]
    now: datetime = NOON
    waiting: list[str] = field(default_factory=list)
    told: int = 0

    def order(self, number: str, member: Member | None, revision: int = 1) -> NewOrder:
        return NewOrder(
            source="web",
            number=number,
            placed_at=self.now - timedelta(days=self.chance.choice([0, 0, 3, 40])),
            member=member,
            revision=revision,
            lines=(
                NewLine(ref="1", quantity=Decimal("2.5"), gross_ore=self.chance.choice([0, 9_900, 50_000])),
            ),
        )

    def anybody(self) -> Member:
        return Member.objects.get(pk=self.chance.choice(self.people).pk)

    def next_number(self) -> str:
        self.told += 1
        return f"T-{self.told}"

    def known(self) -> Order:
        return Order.objects.order_by("pk")[self.chance.randrange(Order.objects.count())]

    def buy(self) -> None:
        number = self.waiting.pop() if self.waiting and self.chance.random() < 0.5 else self.next_number()
        buyer = self.anybody() if self.chance.random() < 0.8 else None
        actions.record_order(order=self.order(number, buyer), now=self.now, actor="test")

    def bring_in_the_past(self) -> None:
        orders = [self.order(self.next_number(), self.anybody()) for _each in range(2)]
        actions.record_orders(orders=orders, now=self.now, actor="test", is_history=True)
        back = self.bringing(self.known().number)
        actions.record_returns(returns=[back], now=self.now, actor="test", is_history=True)

    def revise(self) -> None:
        order = self.known()
        new = self.order(order.number, order.member, order.revision + 1)
        actions.record_order(order=new, now=self.now, actor="test")

    def cancel(self) -> None:
        actions.cancel_order(order=self.known(), cancelled_at=self.now, now=self.now, actor="test")

    def claim(self) -> None:
        actions.claim_order(order=self.known(), member=self.anybody(), now=self.now, actor="test")

    def bringing(self, number: str) -> NewReturn:
        pieces = Decimal(self.chance.choice(["1", "0.5", "1.5"]))
        line = NewReturnLine(ref="1", quantity=pieces, order_line_ref="1")
        return NewReturn(
            source="web", number=self.next_number(), order_number=number, returned_at=self.now, lines=(line,)
        )

    def bring_back(self) -> None:
        actions.record_return(new_return=self.bringing(self.known().number), now=self.now, actor="test")

    def bring_back_too_early(self) -> None:
        self.waiting.append(self.next_number())
        actions.record_return(new_return=self.bringing(self.waiting[-1]), now=self.now, actor="test")

    def find_a_double(self) -> None:
        actions.merge_members(
            member=self.anybody(), double=self.anybody(), reason="twice", actor="test", now=self.now
        )

    def deliver(self) -> None:
        members.deliver_activities(now=self.now)

    def fold(self) -> None:
        segments.fold_totals()

    def go_on(self) -> None:
        deed = self.chance.choice(
            [
                self.buy, self.buy, self.buy, self.bring_back, self.revise, self.cancel, self.claim, self.deliver,
                self.fold, self.bring_back_too_early, self.bring_in_the_past, self.find_a_double,
            ]
        )  # fmt: skip
        self.now += timedelta(hours=self.chance.randrange(30))
        with suppress(UnableTo):
            deed()


def wrong(now: datetime) -> int:
    """How many totals are not what a full count finds, of members of whom nothing is awaited."""
    with transaction.atomic():
        found = segments.count_totals(now=now).wrong
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("seed", range(6))
def test_whoever_s_totals_may_be_used_has_what_a_full_count_finds(seed: int) -> None:
    publish()
    story = Story(random.Random(seed), [make_member(name) for name in ("Anna", "Bo", "Cia")])
    segments.count_totals(now=story.now)
    story.buy()
    for _deed in range(DEEDS):
        story.go_on()
        assert wrong(story.now) == 0
    story.deliver()
    story.fold()
    assert queries.members_out_of_totals(story.now) == frozenset()
    kept = list(Totals.objects.order_by("pk").values())
    Totals.objects.all().delete()
    segments.count_totals(now=story.now)
    assert list(Totals.objects.order_by("pk").values()) == kept


def test_what_nobody_told_of_is_found_and_put_right_by_a_full_count() -> None:
    publish()
    story = Story(random.Random(0), [make_member("Anna")])
    for _each in range(3):
        story.buy()
    story.deliver()
    story.fold()
    assert segments.count_totals(now=story.now).wrong == 0
    Order.objects.filter(member__isnull=False).update(paid_ore=0, gross_ore=0)
    assert wrong(story.now) == 1
    assert segments.count_totals(now=story.now).wrong == 1
    assert Totals.objects.get().paid_ore == 0
