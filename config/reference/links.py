"""Which call leads to which: from a member to purchases, from those to returns and vouchers (OpenAPI links)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Schema = dict[str, Any]
Fields = Mapping[str, Any]
NUMBER, ID = "$response.body#/number", "$response.body#/id"
ISSUED, FIRST, CODE = (
    "$response.body#/issued/0/code",
    "$response.body#/results/0/code",
    "$response.body#/code",
)
SUCCEEDED = ("200", "201", "202")


@dataclass(frozen=True, slots=True)
class Way:
    """What the answers of ``calls`` tell the calls ``to``: parameters by name, and parts of the body."""

    calls: Sequence[str]
    to: Sequence[str]
    parameters: Fields = field(default_factory=dict)
    body: Fields = field(default_factory=dict)


FIRST_MEMBER, FIRST_ORDER = "$response.body#/results/0/number", "$response.body#/results/0/id"
OF_MEMBER = (
    *("members_read", "members_change", "points_read", "entries_read", "points_adjust"),
    *("member_vouchers_read", "member_tiers_read", "member_rewards_read", "consents_record"),
)
FOR_MEMBER = ("orders_record", "quotes_make", "activities_record")
OF_ORDER = ("orders_read", "order_returns_record", "orders_cancel")
MEMBER = ("members_join", "members_read", "members_change")
ORDER = ("orders_record", "orders_read")
WAYS = (
    Way(MEMBER, OF_MEMBER, parameters={"number": NUMBER}),
    Way(MEMBER, FOR_MEMBER, body={"member": {"number": NUMBER}}),
    Way(("members_find",), OF_MEMBER, parameters={"number": FIRST_MEMBER}),
    Way(("members_find",), FOR_MEMBER, body={"member": {"number": FIRST_MEMBER}}),
    Way(ORDER, OF_ORDER, parameters={"id": ID}),
    Way(("orders_list",), OF_ORDER, parameters={"id": FIRST_ORDER}),
    Way(ORDER, ("returns_record",), body={"order_number": NUMBER}),
    Way(
        ("order_returns_record",),
        ("orders_read", "order_returns_record"),
        parameters={"id": "$request.path.id"},
    ),
    Way(
        ("orders_record",),
        ("vouchers_read", "vouchers_redeem", "vouchers_reserve"),
        parameters={"code": ISSUED},
    ),
    Way(
        ("member_vouchers_read",),
        ("vouchers_read", "vouchers_reserve", "vouchers_redeem"),
        parameters={"code": FIRST},
    ),
    Way(
        ("vouchers_reserve",),
        ("vouchers_redeem", "vouchers_release"),
        parameters={"code": CODE},
        body={"order_number": "$request.body#/order_number"},
    ),
    Way(("webhooks_subscribe",), ("webhooks_read", "webhooks_change", "webhooks_try"), parameters={"id": ID}),
)


def lead_on(result: Schema, generator: Any, request: Any, public: bool) -> Schema:
    """Postprocessing hook: every answer names the calls that it leads to."""
    calls = {call["operationId"]: call for methods in result["paths"].values() for call in methods.values()}
    for way in WAYS:
        for name in way.calls:
            for answer in _successes(calls[name]):
                answer.setdefault("links", {}).update({to: _link(way, to) for to in way.to})
    return result


def _successes(call: Schema) -> Iterator[Schema]:
    return (answer for status, answer in call["responses"].items() if status in SUCCEEDED)


def _link(way: Way, to: str) -> Schema:
    told: Schema = {"operationId": to}
    if way.parameters:
        told["parameters"] = dict(way.parameters)
    if way.body:
        # OpenAPI lets a link say this as requestBody; the makers of clients take nothing but text there.
        told["x-request-body"] = dict(way.body)
    return told
