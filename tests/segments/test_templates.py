"""The seven ready-made customer profiles: each finds by its own numbers the members found by hand."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from loyalty.models import Act
from members.models import Category, Member, Order, OrderReturn, OrderReturnLine
from segments.engine.errors import Malformed
from segments.filters import facts
from segments.forms.templates import TemplateForm
from segments.queries import read_definition
from segments.queries.templates import Template, filled, template, templates
from tests.make import NOON, make_line_row, make_member
from tests.segments.make import meant

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LANGUAGES = {"sv", "nb", "en"}


def found(key: str, **chosen: int | str) -> list[str]:
    """The first names of whom a template means, with its own numbers where none are chosen."""
    form = TemplateForm(made(key), {name: str(value) for name, value in chosen.items()})
    assert form.is_valid(), form.errors
    return meant(form.definition())


def made(key: str) -> Template:
    one = template(key)
    assert one is not None
    return one


def buy(member: Member, days_ago: int, *lines: tuple[int, str]) -> Order:
    """An order of lines of öre and category."""
    at = NOON - days_ago * DAY
    paid = sum(amount for amount, _path in lines)
    order = Order.objects.create(
        source="web", number=f"{Order.objects.count()}", member=member, account=member.account, gross_ore=paid,
        paid_ore=paid, placed_at=at, recorded_at=at,
    )  # fmt: skip
    for ref, (amount, path) in enumerate(lines):
        make_line_row(order, paid_ore=amount, ref=str(ref), category_path=path, quantity=3)
    return order


def give_back(order: Order, days_ago: int, quantity: int) -> None:
    line, at = order.lines.get(ref="0"), NOON - days_ago * DAY
    back = OrderReturn.objects.create(
        source="web", number=order.number, member=order.member, amount_ore=100, returned_at=at, recorded_at=at
    )
    OrderReturnLine.objects.create(
        order_return=back, order_line=line, ref="1", sku=line.sku, quantity=quantity, amount_ore=100
    )


def act(member: Member, kind: str, days_ago: int, **told: Any) -> None:
    at = NOON - days_ago * DAY
    Act.objects.create(
        account=member.account, member=member, source="web", number=f"{Act.objects.count()}", kind=kind,
        occurred_at=at, recorded_at=at, facts=told,
    )  # fmt: skip


def people(*names: str, joined_at: datetime = NOON - 900 * DAY, **told: Any) -> list[Member]:
    return [make_member(name, joined_at=joined_at, **told) for name in names]


def test_repeat_purchase_within_a_time() -> None:
    anna, bo, cia, _dan = people("Anna", "Bo", "Cia", "Dan")
    for days in (90, 1):
        buy(anna, days, (1000, "home"))
    for days in (91, 1):
        buy(bo, days, (1000, "home"))
    buy(cia, 1, (1000, "home"))
    assert found("repeat_purchase") == ["Anna"]
    assert found("repeat_purchase", days=91) == ["Anna", "Bo"]
    assert found("repeat_purchase", orders=3) == []


def test_members_and_subscribers_who_never_bought() -> None:
    anna, _bo = people("Anna", "Bo")
    people("Cia", joined_at=NOON - 13 * DAY)
    people("Dan", joined_at=NOON - 14 * DAY)
    people("Eva", state="closed", closed_at=NOON)
    buy(anna, 800, (1000, "home"))
    assert found("never_bought") == ["Bo", "Dan"]
    assert found("never_bought", days=13) == ["Bo", "Cia", "Dan"]


def test_so_many_orders_and_so_many_returned_items() -> None:
    anna, bo, cia, dan = people("Anna", "Bo", "Cia", "Dan")
    for one, orders in ((anna, 3), (bo, 3), (cia, 2), (dan, 3)):
        for days in range(orders):
            last = buy(one, 500 + days, (1000, "home"))
        if one is not dan:
            give_back(last, 400 if one is bo else 20, 2)
    assert found("orders_and_returns") == ["Anna"]
    assert found("orders_and_returns", months=24) == ["Anna", "Bo"]
    assert found("orders_and_returns", orders=2) == ["Anna", "Cia"]
    assert found("orders_and_returns", returned=3) == []


def test_a_high_average_without_a_repurchase() -> None:
    anna, bo, cia, _dan = people("Anna", "Bo", "Cia", "Dan")
    buy(anna, 9, (80_001, "home"))
    buy(bo, 9, (80_000, "home"))
    for days in (9, 8):
        buy(cia, days, (90_000, "home"))
    assert found("high_average") == ["Anna"]
    assert found("high_average", orders=2) == ["Anna", "Cia"]
    assert found("high_average", average=750) == ["Anna", "Bo"]


def test_interest_in_a_type_of_goods_without_buying_it() -> None:
    Category.objects.create(code="home", name="Home", path="home")
    anna, bo, cia, dan = people("Anna", "Bo", "Cia", "Dan")
    for one in (anna, bo, cia):
        act(one, "web_view", 30, category_path="home/lamps")
        act(one, "web_view", 31 if one is cia else 1, category_path="home")
    act(dan, "web_view", 1, category_path="fashion")
    act(dan, "web_view", 1, category_path="fashion")
    buy(bo, 800, (1000, "home/lamps/table"))
    buy(anna, 3, (1000, "fashion"))
    assert found("interest_not_bought") == ["Anna"]  # the first of the club's categories
    assert found("interest_not_bought", days=31) == ["Anna", "Cia"]
    assert found("interest_not_bought", views=1, category="home/lamps") == ["Anna", "Cia"]
    assert found("interest_not_bought", category="fashion") == ["Dan"]


def test_every_template_speaks_every_language_and_starts_within_its_ranges() -> None:
    for one in templates():
        words = [one.name, one.about]
        words += [slider.label for slider in one.sliders] + [picker.label for picker in one.pickers]
        assert all(set(said) == LANGUAGES for said in words), one.key
        assert all(slider.unit == {} or set(slider.unit) == LANGUAGES for slider in one.sliders), one.key
        for slider in one.sliders:
            assert slider.least <= slider.default <= slider.most, (one.key, slider.key)


@pytest.mark.parametrize("key", [one.key for one in templates()])
def test_every_place_of_every_slider_makes_a_definition_that_holds(key: str) -> None:
    one = made(key)
    whole: dict[str, int | str] = {slider.key: slider.default for slider in one.sliders}
    whole |= {picker.key: "home" for picker in one.pickers}
    assert all(picker.detail in facts[picker.of]().where() for picker in one.pickers)
    for slider in one.sliders:
        for value in (slider.least, slider.most):
            try:
                read_definition(filled(one, {**whole, slider.key: value}))
            except Malformed as error:  # pragma: no cover
                pytest.fail(f"{slider.key} at {value}: {error}")


def test_a_slider_beyond_its_range_is_refused_with_its_name() -> None:
    for told in ("1", "21", "2.5", "two", ""):
        form = TemplateForm(made("repeat_purchase"), {"orders": told})
        assert (form.definition(), set(form.mistakes())) == (None, {"orders"})
