"""Random stories of a club, told as a scenario file tells them: whatever breaks a law can be kept as a scenario."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.loyalty.engine.document_parts import EVENTS, OFFER, one, some

Happening = dict[str, Any]
Story = dict[str, Any]
START = datetime(2025, 1, 1, 9)  # noqa: DTZ001 - a scenario's clock is that of its club
MOST = 8
MUCH_LATER = timedelta(days=400)
MEMBERS = ("anna", "bo", "carl")
GROUP = "g1"
OF_MEMBERS = ("vouchers", "use", "leader")  # what nobody can do who is not known
hours = one(0, 1, 5, 30, 100, 400, 1500, 5000)
members = one("anna", "anna", "anna", "bo", "carl")
voucher_names = one("latest", "latest", "check", 1, 2)
figures = one({"litres": 20}, {"litres": "7.5"})
lines = some(
    {"price": one(5, 20, 33, 100, "49.90", 250, 0)},
    {
        "quantity": one(1, 2, 3, "0.350"),
        "discount": one(1, "2.50"),
        "vat": one(0, 6, 12),
        "flags": one(["gift_card"], ["reduced"]),
        "sku": one("bread", "tea"),
        "brand": one("own", "other"),
        "category": one("food/fruit", "clothes"),
        "attributes": figures,
    },
).map(lambda line: {**line, "discount": 0} if line["price"] == 0 else line)
uses = st.one_of(
    some({"menu": one("menu0"), "option": one("small", "big")}),
    some({"menu": one("menu0"), "points": one(10, 15, 40)}),
)
orders = some(
    {"lines": st.lists(lines, min_size=1, max_size=3)},
    {
        "vouchers": st.lists(voucher_names, min_size=1, max_size=2, unique=True),
        "use": st.lists(uses, min_size=1, max_size=1),
        "store": one("malmo", "lund"),
        "channel": one("web"),
        "region": one("skane"),
        "payment": one("card", "gift_card"),
        "dates": one({"delivery": "2025-01-20"}, {"shipment": "2025-03-03"}),
        "leader": one(GROUP),
    },
)
guests = orders.map(lambda order: {name: order[name] for name in order if name not in OF_MEMBERS})
acts = some({"kind": one(*EVENTS)}, {"amount": one(40), "quantity": one(2), "channel": one("web")})
plain = st.one_of(
    some({"accept": one(OFFER, "play0")}),
    some({"convert": some({"conversion": one("turn0", "turn1")}, {"points": one(20, 55)})}),
    some({"use": some({"menu": one("menu0")}, {"option": one("small", "big")})}),
    some({"use": some({"menu": one("menu0"), "points": one(10, 35)})}),
    some({"choose": some({"conversion": one("turn0"), "size": one(20, 40, 80)})}),
    some({"adjust": one(*({"meter": "points", "amount": n, "reason": "why"} for n in (25, -10)))}),
    some({"adjust": one({"meter": "status", "amount": 30, "reason": "why"})}),
    some({"reserve": some({"voucher": voucher_names, "order": one("T1")}, {"minutes": one(30, 9000)})}),
    some({"release": some({"voucher": voucher_names, "order": one("T1")})}),
    some({"redeem": some({"voucher": voucher_names, "order": one("T1", "T2"), "amount": one(20, 500)})}),
    some({"give": some({"voucher": voucher_names}, {"to": one("bo")})}),
    some({"claim": voucher_names}),
    some({"pick": some({"voucher": voucher_names, "choice": one("cup", "coin")})}),
    some(
        {
            "set_tier": some(
                {"ladder": one("level"), "tier": one("low", "high")},
                {"to": one("2025-04-30"), "origin": one("bought", "matched")},
            )
        }
    ),
    some({"book": some({"perk": one("perk0")}, {"seats": one(1, 2)})}),
    some({"unbook": one({"perk": "perk0"})}),
    some({"draw": one({"draw": "draw0"})}),
    some({"grant": some({"fund": one("good"), "amount": one(5, 50)})}),
    some({"pool": some({"conversion": one("turn0", "turn1"), "amount": one(100)})}),
    some({"leave": st.just(value=True)}),
    some({"join": st.just(value=True)}),
    some({"move_in": members}),
    some({"move_in": members}),
    some({"move_out": st.just(value=True)}),
    some({"merge": members}),
    some({"end_of_day": st.just(value=True)}),
    some({"end_of_day": st.just(value=True)}),
)
# The name of the programme's next version, and the days from which it may be in force.
LATER = "later"
version_days = st.dates(date(2025, 1, 2), date(2025, 9, 1))
joinings = some(
    {},
    {
        "account": one("anna"),
        "born": one("1980-06-05", "2000-12-24"),
        "address": one("Gatan 1"),
        "may_spend": st.booleans(),
    },
)


@st.composite
def stories(draw: st.DrawFn, *, is_late: bool = True, most: int = MOST) -> Story:
    """A scenario document of a few happenings, of which the last is that a year passes."""
    now = START
    anna = {"born": "1990-03-01", "consents": ["marketing"], "leads": GROUP, "address": "Gatan 1"}
    told: list[Happening] = [
        {"at": _moment(now), "member": "anna", "join": anna},
        {"at": _moment(now), "member": "bo", "join": {"referred_by": "anna"}},
        {"at": _moment(now), "member": "carl", "join": draw(joinings)},
    ]
    sold: dict[str, int] = {}
    for number in range(draw(st.integers(1, most))):
        now += timedelta(hours=draw(hours))
        told.append({"at": _moment(now), "member": draw(members), **draw(_next(str(number), sold, is_late))})
        if (late := told[-1].pop("late", 0)) and now - timedelta(hours=late) > START:
            told[-1]["at"] = _moment(now - timedelta(hours=late))
    later = _moment(now + MUCH_LATER)
    versions = draw(one({}, {"versions": [{"from": str(draw(version_days)), "programme": LATER}]}))
    told += [{"at": later, "member": member, "end_of_day": True} for member in MEMBERS]
    return {"scenario": "drawn", "starts": "2025-01-01", **versions, "happenings": told}


def _next(number: str, sold: dict[str, int], is_late: bool) -> st.SearchStrategy[Happening]:
    """What may happen where ``sold`` tells how many lines each order of before has, and an act none, by its number."""
    late = {"late": one(30, 700)} if is_late else {}
    kinds = [
        orders.flatmap(lambda order: some({"order": st.just(_numbered(order, number, sold))}, late)),
        orders.flatmap(lambda order: some({"order": st.just(_numbered(order, number, sold))}, late)),
        guests.map(lambda order: {"order": _numbered(order, number, sold) | {"guest": True}}),
        acts.map(lambda act: {"act": _numbered(act, number, sold)}),
        plain,
    ]
    bought = {number: lines for number, lines in sold.items() if lines}
    if bought:
        kinds += [_back(bought), _back(bought), some({"cancel": one(*bought)})]
        kinds.append(some({"register": some({"order": one(*bought)}, {"by": one("member", "staff")})}))
    if done := [number for number, lines in sold.items() if not lines]:
        kinds.append(some({"undo": one(*done)}))
    return st.one_of(kinds)


def _numbered(row: Mapping[str, Any], number: str, sold: dict[str, int]) -> Happening:
    sold[number] = len(row.get("lines", ()))
    return {**row, "number": number}


def _back(sold: Mapping[str, int]) -> st.SearchStrategy[Happening]:
    """All of an order, or something of it, comes back."""

    def of(number: str) -> st.SearchStrategy[Happening]:
        refs = one(*(str(ref) for ref in range(1, sold[number] + 1)))
        part = some({"line": refs}, {"quantity": one(1, "0.5", "0.1"), "amount": one(0, 4)})
        parts = st.lists(part, min_size=1, max_size=2, unique_by=lambda row: row["line"])
        return some({"return": some({"order": st.just(number)}, {"lines": parts})})

    return one(*sold).flatmap(of)


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M")
