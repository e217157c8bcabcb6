"""The seven ready-made customer profiles: each finds by its own numbers the members found by hand."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from campaigns.actions import ensure_default_campaigns
from campaigns.models import Message, Response
from loyalty.models import Act
from members.models import Category, Member, Order, OrderReturn, OrderReturnLine
from members.models.ids import new_id
from segments.filters import facts
from segments.forms.templates import TemplateForm
from segments.queries import read_definition
from segments.queries.templates import Template, filled, template, templates
from tests.campaigns import make
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


def click(message: Message, at: datetime, *, link_group: str = "", is_human: bool = True) -> None:
    Response.objects.create(
        message=message, member=message.member, kind=Response.Kind.CLICK, link_group=link_group,
        is_human=is_human, occurred_at=at, recorded_at=at,
    )  # fmt: skip


def letters(member: Member, count: int) -> list[Message]:
    """So many welcomes that arrived yesterday."""
    [message] = make.planned(member)
    Message.objects.filter(pk=message.pk).delete()
    found = []
    for number in range(count):
        message.pk, message.occurrence = new_id(), number + 1
        message.state, message.ended_at = Message.State.ACCEPTED, NOON - DAY
        message.save(force_insert=True)
        found.append(Message.objects.get(pk=message.pk))
    return found


@pytest.fixture
def _defaults() -> None:
    ensure_default_campaigns(now=NOON)


@pytest.mark.usefixtures("_defaults")
def test_purchases_in_several_areas_and_clicks_on_chosen_news_but_no_repurchase() -> None:
    anna, bo, cia, dan = people("Anna", "Bo", "Cia", "Dan")
    for one in (anna, cia, dan):
        buy(one, 9, (1000, "home/lamps"), (1000, "fashion"))
    buy(bo, 9, (1000, "home/lamps"), (1000, "home"))
    buy(cia, 5, (1000, "food"))
    for one in (anna, bo, cia):
        click(letters(one, 1)[0], NOON - 90 * DAY, link_group="news")
    [letter] = letters(dan, 1)
    click(letter, NOON - 9 * DAY, link_group="news", is_human=False)
    click(letter, NOON - 8 * DAY, link_group="offers")
    assert found("news_readers") == ["Anna"]
    assert found("news_readers", days=89) == []
    assert found("news_readers", link_group="offers") == ["Dan"]
    assert found("news_readers", clicks=2) == []


@pytest.mark.usefixtures("_defaults")
def test_the_ambassador() -> None:
    """Each of the others lacks one thing: Back kept no goods, Click reads nothing, Deaf answers nothing …"""
    anna, back, silent, deaf, erik, few = people("Anna", "Back", "Click", "Deaf", "Erik", "Few")
    for one in (anna, back, silent, deaf, erik, few):
        for days in (365, 200, 1):
            last = buy(one, days, (1000, "home"))
        sent = letters(one, 9 if one is few else 10)
        for hours in (0, 1) if one is not silent else ():
            click(sent[0], NOON - DAY + timedelta(hours=hours))
        if one is not deaf:
            act(one, "survey_answer", 700)
        if one is back:
            give_back(last, 1, 1)
        if one is not erik:
            friend = make_member(f"Friend of {one.first_name}", referrer=one, joined_at=NOON - 9 * DAY)
            buy(friend, 5, (1000, "home"))
    assert found("ambassador") == ["Anna"]
    assert found("ambassador", letters=9) == ["Anna", "Few"]
    assert found("ambassador", rate=11) == []
    assert found("ambassador", days=364) == []
    assert found("ambassador", friends=2) == []


def test_every_template_speaks_every_language_and_starts_within_its_ranges() -> None:
    assert len(templates()) == 7
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
            definition = filled(one, {**whole, slider.key: value})
            assert read_definition(definition).document(), f"{slider.key} at {value}"


def test_a_slider_beyond_its_range_is_refused_with_its_name() -> None:
    for told in ("1", "21", "2.5", "two", ""):
        form = TemplateForm(made("repeat_purchase"), {"orders": told})
        assert (form.definition(), set(form.mistakes())) == (None, {"orders"})
