"""Random definitions and random small clubs, full of ties and edges."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from members.models import Consent, Member, Order, OrderReturn, OrderReturnLine, Store
from segments import actions
from tests.make import make_line_row, make_member, make_store

ZONE = ZoneInfo("Europe/Stockholm")
NOW = datetime(2026, 3, 30, 2, 30, tzinfo=ZONE)  # the night after the clocks went forward
# Round numbers of days before now, and the edges of days, months and years.
TIMES = [
    *(NOW - timedelta(days=days) for days in (0, 1, 2, 7, 29, 30, 31, 89, 90, 91, 365, 366)),
    *(NOW - timedelta(days=days, hours=1) for days in (1, 30, 90)),
    *(datetime(*day, tzinfo=ZONE) for day in ((2026, 3, 1), (2026, 1, 1), (2025, 12, 31), (2024, 2, 29))),
    NOW + timedelta(days=1),
]
DAYS = [date(1990, 3, 30), date(1990, 3, 31), date(1992, 2, 29), date(1991, 12, 31), date(2008, 1, 1), None]
AMOUNTS = [0, 1, 9_999, 10_000, 10_001, 80_000]
PATHS = ["", "hem", "hem/lampor", "hem/lampor/bord", "mode", "mode/lampor"]
QUANTITIES = [Decimal("0.5"), Decimal(1), Decimal("1.333"), Decimal(2)]
UNITS = st.sampled_from(["minute", "hour", "day", "week", "month", "year"])
LENGTHS = st.tuples(st.sampled_from([1, 2, 7, 30, 90, 365]), UNITS).map(list)
WINDOWS = st.one_of(
    st.just("all"),
    LENGTHS.map(lambda told: {"last": told}),
    st.tuples(
        st.sampled_from(["this", "previous"]), st.sampled_from(["day", "week", "month", "quarter", "year"])
    ).map(lambda told: {"calendar": list(told)}),
    st.sampled_from([{"since": "joined"}, {"since": "last_order"}]),
    st.sampled_from([{"days": ["2025-12-31", "2026-03-01"]}, {"days": ["2026-03-29", "2026-03-29"]}]),
    st.just({"between": ["2025-12-30T02:30:00+01:00", "2026-03-29T03:00:00+02:00"]}),
)
COUNTS = st.one_of(
    st.tuples(st.sampled_from(["gte", "eq", "ne", "lte"]), st.integers(1, 4)),
    st.tuples(st.sampled_from(["gt", "eq", "ne", "lte"]), st.integers(0, 3)),
    st.tuples(st.sampled_from(["between", "not_between"]), st.sampled_from([[0, 1], [1, 2], [2, 5]])),
)
MONEY = st.one_of(
    st.tuples(st.sampled_from(["gte", "gt", "lte", "ne", "eq"]), st.sampled_from([1, 9_999, 10_000, 20_000])),
    st.tuples(st.sampled_from(["gte", "lt"]), st.sampled_from(["10000.5", "6666.6667"])),
    st.tuples(st.sampled_from(["between", "not_between"]), st.sampled_from([[0, 10_000], [1, 10_001]])),
)
PIECES = st.sampled_from(
    [
        ("gt", 0),
        ("eq", 0),
        ("ne", 0),
        ("lte", 0),
        ("gte", 1),
        ("lt", 1),
        ("gte", 2),
        ("lt", 3),
        ("gte", "1.333"),
    ]
)
AREAS = st.sampled_from(["hem", "lampor", "mode", ["bord", "mode"]])


def tested(test: tuple[str, Any], **rest: Any) -> dict[str, Any]:
    return {**rest, "op": test[0], "value": test[1]}


@st.composite
def counted(draw: st.DrawFn) -> dict[str, Any]:
    of = draw(st.sampled_from(["order", "order_line", "return_line", "referral"]))
    where: dict[str, Any] = (
        {} if of in ("order", "referral") or draw(st.booleans()) else {"category_under": draw(AREAS)}
    )
    if of == "referral" and draw(st.booleans()):
        where = {"state": draw(st.sampled_from(["qualified", "pending"]))}
    if of == "order" and draw(st.booleans()):
        where = {"total": {"op": "gte", "value": draw(st.sampled_from([1, 10_000]))}}
    return tested(draw(COUNTS), agg="count", of=of, where=where, window=draw(WINDOWS))


@st.composite
def measured(draw: st.DrawFn) -> dict[str, Any]:
    of = draw(st.sampled_from(["order", "order_line", "return_line"]))
    agg = draw(st.sampled_from(["sum", "avg", "min", "max", "first", "last"]))
    field = "total" if of == "order" else draw(st.sampled_from(["total", "qty"]))
    test = (
        draw(MONEY) if field == "total" else draw(st.sampled_from([("gte", "1.833"), ("lt", 2), ("eq", 1)]))
    )
    return tested(test, agg=agg, of=of, field=field, window=draw(WINDOWS))


@st.composite
def distinct(draw: st.DrawFn) -> dict[str, Any]:
    of, field = draw(
        st.sampled_from(
            [
                ("order", "local_day"),
                ("order", "local_week"),
                ("order_line", "local_month"),
                ("order", "store"),
                ("order_line", "interest_area"),
                ("order_line", "category"),
                ("return_line", "product"),
            ]
        )
    )
    return tested(draw(COUNTS), agg="count_distinct", of=of, field=field, window=draw(WINDOWS))


@st.composite
def ratios(draw: st.DrawFn) -> dict[str, Any]:
    units: list[Any] = [{"agg": "sum", "of": of, "field": "qty"} for of in ("return_line", "order_line")]
    lamps = {"of": "order_line", "where": {"category_under": "lampor"}}
    parts: Any = draw(
        st.sampled_from(
            [["return_line", "order_line"], ["order", "order_line"], units, [lamps, "order_line"]]
        )
    )
    test = draw(st.sampled_from([("gte", "0.5"), ("gt", 0), ("lte", "0.3333"), ("eq", 1), ("ne", 1)]))
    return tested(test, ratio=parts, min_den=draw(st.integers(1, 3)), window=draw(WINDOWS))


@st.composite
def edges(draw: st.DrawFn) -> dict[str, Any]:
    test = draw(
        st.one_of(
            st.tuples(st.sampled_from(["within", "at_least_ago", "more_than_ago"]), LENGTHS),
            st.sampled_from([("weekday", [1, 7]), ("hour", [2, 11])]),
            st.tuples(
                st.sampled_from(["before", "after"]),
                st.sampled_from(["2026-03-01", "2026-01-01T00:00:00+01:00"]),
            ),
            st.just(("on", "2025-12-31")),
            st.just(("in", {"calendar": ["this", "year"]})),
        )
    )
    which = draw(st.sampled_from(["first", "last"]))
    return tested(test, **{which: draw(st.sampled_from(["order", "order_line", "return_line"]))})


@st.composite
def sequences(draw: st.DrawFn) -> dict[str, Any]:
    found: dict[str, Any] = {
        "did": draw(st.sampled_from(["order_line", {"of": "order_line", "window": {"last": [1, "year"]}}])),
        draw(st.sampled_from(["then_not", "then"])): draw(st.sampled_from(["return_line", "order_line"])),
        "mode": draw(st.sampled_from(["since_last", "since_first", "each_within"])),
    }
    if found["mode"] == "each_within" or draw(st.booleans()):
        found["within"] = [draw(st.sampled_from([1, 2, 30])), draw(UNITS)]
    if draw(st.booleans()):
        found["same"] = [draw(st.sampled_from(["category", "product"]))]
    return found


FIELDS = st.sampled_from(
    [
        {"field": "first_name", "op": "eq", "value": "åsa"},
        {"field": "first_name", "op": "ne", "value": "Åsa"},
        {"field": "first_name", "op": "contains", "value": "A.B"},
        {"field": "last_name", "op": "not_set"},
        {"field": "last_name", "op": "not_in", "value": ["Öst", "West"]},
        {"field": "last_name", "op": "starts", "value": "ö"},
        {"field": "language", "op": "in", "value": ["en", "nb"]},
        {"field": "home_store", "op": "ne", "value": "gbg"},
        {"field": "home_store", "op": "not_set"},
        {"field": "works_here", "op": "eq", "value": False},
        {"field": "was_invited", "op": "eq", "value": True},
        {"field": "age", "op": "gte", "value": 18},
        {"field": "age", "op": "not_between", "value": [18, 35]},
        {"field": "age", "op": "eq", "value": 36},
        {"field": "age", "op": "not_set"},
        {"field": "first_name", "op": "ends", "value": "SA"},
        {"field": "first_name", "op": "not_contains", "value": "."},
        {"field": "first_name", "op": "set"},
        {"field": "consent", "with": {"purpose": "profiling"}, "op": "eq", "value": True},
        {"field": "consent", "with": {"purpose": "profiling"}, "op": "eq", "value": False},
        {"field": "birth_date", "op": "between", "value": ["1990-03-31", "1992-02-29"]},
        {"field": "birth_date", "op": "within", "value": [37, "year"]},
        {"field": "joined_at", "op": "at_least_ago", "value": [1, "day"]},
        {"field": "joined_at", "op": "after", "value": "2026-03-01"},
        {"field": "joined_at", "op": "in", "value": {"calendar": ["previous", "year"]}},
        {"field": "birth_date", "op": "before", "value": "1991-12-31"},
        {"field": "birth_date", "op": "at_least_ago", "value": [18, "year"]},
        {"field": "joined_at", "op": "within", "value": [30, "day"]},
        {"field": "joined_at", "op": "on", "value": "2025-12-31"},
        {"field": "joined_at", "op": "more_than_ago", "value": [1, "day"]},
        {"field": "joined_at", "op": "hour", "value": [0, 1]},
        {"field": "birth_date", "op": "weekday", "value": [5, 6]},
        {"field": "birth_date", "op": "more_than_ago", "value": [36, "year"]},
    ]
)
LEAVES = st.one_of(
    counted(),
    measured(),
    distinct(),
    ratios(),
    edges(),
    sequences(),
    FIELDS,
    st.tuples(
        st.sampled_from(["birthday", "joined", "first_order"]), st.integers(-3, 0), st.integers(0, 7)
    ).map(lambda told: {"recurring": told[0], "in": [told[1], told[2]]}),
    st.tuples(
        st.sampled_from(["birthday", "joined", "first_order"]),
        st.sampled_from([[3], [1, 12], ["this"], ["next", "previous"]]),
    ).map(lambda told: {"recurring": told[0], "in_month": told[1]}),
    st.tuples(st.sampled_from(["sum", "avg", "last"]), st.sampled_from([1, 20, 50])).map(
        lambda told: {"top": {"agg": told[0], "of": "order", "field": "total"}, "percent": told[1]}
    ),
    st.tuples(st.integers(0, 4_999), st.integers(5_000, 9_999)).map(lambda told: {"bucket": ["a", *told]}),
)


@st.composite
def told_by_totals(draw: st.DrawFn) -> dict[str, Any]:
    """What the totals of a member answer."""
    window = draw(st.one_of(st.just("all"), LENGTHS.map(lambda told: {"last": told})))
    return draw(
        st.one_of(
            COUNTS.map(lambda test: tested(test, agg="count", of="order", window=window)),
            PIECES.map(lambda test: tested(test, agg="sum", of="return_line", field="qty", window=window)),
            st.tuples(st.sampled_from(["sum", "avg"]), MONEY).map(
                lambda told: tested(told[1], agg=told[0], of="order", field="total")
            ),
            st.tuples(st.sampled_from(["first", "last"]), LENGTHS).map(
                lambda told: {told[0]: "order", "op": "at_least_ago", "value": told[1]}
            ),
        )
    )


def trees(leaves: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.recursive(
        leaves,
        lambda part: st.one_of(
            part.map(lambda one: {"not": one}),
            st.lists(part, min_size=1, max_size=3).map(lambda parts: {"all": parts}),
            st.lists(part, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
        ),
        max_leaves=6,
    )


TREES = trees(LEAVES)
TREES_OF_TOTALS = trees(st.one_of(told_by_totals(), told_by_totals(), LEAVES))
LINES = st.tuples(
    st.sampled_from(AMOUNTS),
    st.sampled_from(PATHS),
    st.sampled_from(QUANTITIES),
    st.sampled_from(["A", "B", ""]),
)
ORDERS = st.tuples(
    st.sampled_from(TIMES),
    st.booleans(),
    st.booleans(),
    st.lists(LINES, min_size=1, max_size=2),
    st.booleans(),
)
PEOPLE = st.lists(
    st.tuples(
        st.sampled_from(["Åsa", "åsa ", "a.b", "acb", "", "  "]),
        st.sampled_from(["Öst", "öström", ""]),
        st.sampled_from(DAYS),
        st.sampled_from(TIMES),
        st.sampled_from(["sv", "en"]),
        st.booleans(),
        st.lists(ORDERS, max_size=3),
        st.lists(st.tuples(st.booleans(), st.sampled_from(TIMES)), max_size=2),
    ),
    min_size=1,
    max_size=5,
)


def build(people: list[Any]) -> None:
    """The drawn people with what they bought and gave back; one in two is the guest of the one before."""
    store = make_store()
    before: Member | None = None
    for place, (first, last, born, joined, language, is_plain, orders, answers) in enumerate(people):
        before = make_member(
            first, last_name=last, birth_date=born, joined_at=joined, language=language, email="",
            number=f"{1_000_000_000 + place}", is_staff_member=not is_plain, home_store=store if is_plain else None,
            referrer=None if is_plain else before, state="active" if place != 4 else "closed",
            closed_at=None if place != 4 else joined,
        )  # fmt: skip
        for is_given, given_at in answers:
            Consent.objects.create(
                member=before, purpose="profiling", is_given=is_given, given_at=given_at, recorded_at=given_at
            )
        for number, order in enumerate(orders):
            buy(before, store, f"{place}-{number}", order)


def buy_more(people: list[Any]) -> None:
    """Every third of the drawn people buys the same again, after all totals were counted."""
    store = Store.objects.get()
    for place, (*_about, orders, _answers) in enumerate(people):
        if place % 3:
            continue
        member = Member.objects.get(number=f"{1_000_000_000 + place}")
        for number, order in enumerate(orders):
            buy(member, store, f"{place}-again-{number}", order)
        actions.note_purchases(member_ids=[member.pk], now=NOW)


def buy(member: Member, store: Store, number: str, drawn: Any) -> None:
    placed_at, stands, has_store, lines, comes_back = drawn
    paid = sum(amount for amount, *_rest in lines)
    order = Order.objects.create(
        source="web", number=number, member=member, account=member.account, gross_ore=paid, paid_ore=paid,
        placed_at=placed_at, recorded_at=placed_at, store=store if has_store else None,
        state="placed" if stands else "cancelled",
    )  # fmt: skip
    for ref, (amount, path, quantity, sku) in enumerate(lines):
        line = make_line_row(
            order,
            paid_ore=amount,
            ref=str(ref),
            category_path=path,
            quantity=quantity,
            sku=sku,
            revision=1 + ref % 2,
        )
        if comes_back:
            at = placed_at + timedelta(days=ref)
            back = OrderReturn.objects.create(
                source="web",
                number=f"{number}-{ref}",
                member=member,
                amount_ore=amount,
                returned_at=at,
                recorded_at=at,
            )
            OrderReturnLine.objects.create(
                order_return=back, order_line=line, ref="1", sku=sku, quantity=quantity, amount_ore=amount
            )
