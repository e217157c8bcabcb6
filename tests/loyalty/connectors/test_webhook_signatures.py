"""Signatures that others have made: printed in a shop's documentation, or made with other programs than ours."""

import json
from typing import Any

import pytest

from loyalty.connectors.webhooks import is_signed
from tests.loyalty.connectors.payloads import PAYLOADS, sample

VECTORS = sample("webhook_vectors.json")
OF_SHOPS = [one for one in VECTORS if one["scheme"] != "standard-webhooks"]


def body_of(vector: dict[str, Any]) -> bytes:
    if "body" in vector:
        return str(vector["body"]).encode()
    inner = json.loads((PAYLOADS / vector["body_file"]).read_text())[vector["unwrap"]]
    return json.dumps(inner, separators=(",", ":"), ensure_ascii=False).encode()


@pytest.mark.parametrize("vector", OF_SHOPS, ids=lambda one: one["source"])
def test_a_shops_signature_is_judged_rightly(vector: dict[str, Any]) -> None:
    assert is_signed(body_of(vector), vector["signature"], [vector["secret"]]) is vector["valid"]


def test_the_vectors_are_all_there() -> None:
    assert [len(VECTORS), len(OF_SHOPS)] == [10, 6]
    assert [one["valid"] for one in VECTORS].count(False) == 3


def test_either_of_two_secrets_may_have_signed_but_no_third_and_none_at_all() -> None:
    vector = OF_SHOPS[0]
    body, signature, secret = body_of(vector), vector["signature"], vector["secret"]
    assert is_signed(body, signature, ["another", secret])
    assert not is_signed(body, signature, ["another", "a third"])
    assert not is_signed(body, signature, [])
    assert not is_signed(body, "", [secret])
    assert not is_signed(body, "åäö\udcff", [secret])
    assert not is_signed(body + b" ", signature, [secret])
