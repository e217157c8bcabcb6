"""Whatever is sent is answered with a reason and never with a failure of ours."""

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from config.wsgi import application
from members.models import ApiKey, Order
from tests.loyalty.api import make

EXAMPLES = 25
BOUNDED = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
# Every address that takes a body, also one that was added yesterday.
WRITES = sorted(
    path.removeprefix("/api/v1/")
    for path, methods in SchemaGenerator().get_schema(public=True)["paths"].items()  # type: ignore[no-untyped-call]
    if "post" in methods
)

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)
names = st.sampled_from(
    [
        "number", "placed_at", "lines", "member", "store", "channel", "currency", "vouchers", "revision",
        "returned_at", "order_number", "minutes", "amount_ore", "cancelled_at", "paid_ore",
        "dates", "claimed_at", "leader", "prices", "uses", "payments",
        "kind", "occurred_at", "email", "phone", "external_id", "consents", "purpose", "wording", "definition",
    ]
)  # fmt: skip
line_names = st.sampled_from(
    ["ref", "line", "sku", "quantity", "gross_ore", "discount_ore", "vat_rate", "flags", "amount_ore"]
)


@st.composite
def nearly_right(draw: st.DrawFn) -> dict[str, Any]:
    """A good order in which a few things are replaced by anything at all."""
    told = make.order("1", "2025-05-01T10:00:00Z", make.line(10)) | draw(
        st.dictionaries(names, anything, max_size=3)
    )
    if draw(st.booleans()):
        told["lines"] = [make.line(10) | draw(st.dictionaries(line_names, anything, max_size=2))]
    return told


@pytest.fixture
def place(shop: APIClient) -> dict[str, str]:
    """A member, an order and a voucher that are there, by what addresses call them."""
    make.programme(make.AT_ONCE)
    told = make.order("first", "2025-05-01T10:00:00Z", member={"number": make.member().number})
    answer = shop.post("/api/v1/orders/", told, format="json").json()
    return {"id": answer["id"], "code": answer["issued"][0]["code"], "number": answer["member"]}


@pytest.mark.slow
@pytest.mark.parametrize("path", WRITES)
@BOUNDED
@given(told=anything | nearly_right())
def test_no_body_makes_a_write_fail(shop: APIClient, place: dict[str, str], path: str, told: Any) -> None:
    with transaction.atomic():
        body = json.dumps(told)  # takes NaN and Infinity, which are no JSON
        answer = shop.post(
            f"/api/v1/{path.format_map(defaultdict(lambda: 'none', place))}",
            body,
            content_type="application/json",
        )
        transaction.set_rollback(True)
    assert answer.status_code < 500, answer.content
    if answer.status_code >= 400:
        assert (answer["Content-Type"], bool(answer.json()["detail"])) == ("application/problem+json", True)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b'{"lines": NaN}', 400),
        (b"[" * 100_000, 400),
        (b'{"number": ' + b"9" * 5000 + b"}", 400),
        (b'{"number": "\\ud800"}', 400),
        (b'{"lines": [' + b" " * 3_000_000 + b"]}", 413),
    ],
    ids=["empty", "half", "no text", "no number", "deep", "long number", "half a letter", "too large"],
)
def test_bytes_that_are_no_body_are_refused(shop: APIClient, body: bytes, status: int) -> None:
    answer = shop.post("/api/v1/orders/", body, content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert Order.objects.count() == 0


@pytest.mark.parametrize("kind", ["text/xml", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_only_json_is_read(shop: APIClient, kind: str) -> None:
    answer = shop.post("/api/v1/orders/", b"number=1", content_type=kind)
    assert (answer.status_code, answer["Content-Type"]) == (415, "application/problem+json")


# What the description promises is tried by what the description allows.
described = schemathesis.pytest.from_fixture("description")


@pytest.fixture
def _transaction_is_kept(place: dict[str, str]) -> Iterator[None]:
    """As the framework's own client does, which switches it on again after its last call: the end of a
    call may not end the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def description(_transaction_is_kept: None) -> Any:
    found = schemathesis.openapi.from_wsgi("/api/v1/schema/?format=json", application)
    found.config.phases.update(phases=["examples", "fuzzing"])  # the systematic phase knows no bound
    return found


@described.parametrize()
@pytest.mark.slow
@settings(BOUNDED, max_examples=10)
def test_every_answer_is_one_that_the_description_knows(
    case: schemathesis.Case[Any], place: dict[str, str]
) -> None:
    _row, key = make.api_key(*ApiKey.Scope)
    answer = case.call(headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code < 500
    case.validate_response(
        answer, checks=[content_type_conformance, response_schema_conformance, status_code_conformance]
    )
