"""Within v1 nothing that a shop may have built on is taken away, and nothing new is demanded of it."""

import io
import re
from copy import deepcopy
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from config.reference.promises import broken, described, promises_of, released

SMALL: dict[str, Any] = {
    "paths": {
        "/carts/": {
            "post": {
                "parameters": [{"in": "query", "name": "dry", "schema": {"type": "boolean"}}],
                "requestBody": {
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Cart"}}}
                },
                "responses": {
                    "200": {
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Sum"}}}
                    },
                    "400": {"content": {"application/problem+json": {"schema": {"type": "object"}}}},
                },
            }
        }
    },
    "components": {
        "schemas": {
            "Cart": {
                "type": "object",
                "required": ["lines"],
                "properties": {
                    "lines": {
                        "type": "array",
                        "items": {"type": "object", "properties": {"sku": {"type": "string"}}},
                    },
                    "channel": {"type": "string", "enum": ["web", "shop"]},
                },
            },
            "Sum": {"type": "object", "properties": {"ore": {"type": ["integer", "null"]}}},
        }
    },
}


def test_v1_keeps_all_that_has_been_promised() -> None:
    assert broken(released(), promises_of(described())) == []
    assert len(released()) > 1000


def test_the_command_says_so_too() -> None:
    said = io.StringIO()
    call_command("api_promises", stdout=said)
    assert "promises are kept" in said.getvalue()


def _without(*path: str) -> dict[str, Any]:
    changed = deepcopy(SMALL)
    inner: Any = changed
    for name in path[:-1]:
        inner = inner[name]
    del inner[path[-1]]
    return changed


SHAPES = ("components", "schemas")


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (_without("paths", "/carts/"), "lost: may POST /carts/"),
        (_without(*SHAPES, "Sum", "properties", "ore"), "lost: may POST /carts/ 200.ore integer"),
        (
            _without(*SHAPES, "Cart", "properties", "lines", "items", "properties", "sku"),
            "lost: may POST /carts/ body.lines[].sku string",
        ),
    ],
)
def test_what_is_taken_away_is_found(changed: dict[str, Any], expected: str) -> None:
    assert expected in broken(promises_of(SMALL), promises_of(changed))


def test_another_type_a_value_that_is_no_longer_taken_and_a_new_demand_are_found() -> None:
    changed = deepcopy(SMALL)
    cart = changed["components"]["schemas"]["Cart"]
    cart["properties"]["channel"]["enum"] = ["web"]
    cart["properties"]["lines"]["items"]["properties"]["sku"]["type"] = "integer"
    cart["required"] = ["lines", "channel"]
    changed["paths"]["/carts/"]["post"]["parameters"][0]["required"] = True
    assert broken(promises_of(SMALL), promises_of(changed)) == [
        "demanded: must POST /carts/ body.channel",
        "demanded: must POST /carts/ query dry",
        "lost: may POST /carts/ body.channel = shop",
        "lost: may POST /carts/ body.lines[].sku string",
    ]


def test_what_is_added_breaks_nothing() -> None:
    changed = deepcopy(SMALL)
    changed["components"]["schemas"]["Cart"]["properties"]["note"] = {"type": "string"}
    changed["components"]["schemas"]["Sum"]["properties"]["tax"] = {"type": "integer"}
    changed["components"]["schemas"]["Cart"]["required"] = []
    changed["paths"]["/orders/"] = changed["paths"]["/carts/"]
    assert broken(promises_of(SMALL), promises_of(changed)) == []


def test_the_change_log_of_the_api_begins_with_the_version_that_is_served(client: Client) -> None:
    page = client.get(reverse("api_changes")).content.decode()
    [newest, *_older] = re.findall(r"<h2[^>]*>([\d.]+)<", page)
    assert newest == settings.SPECTACULAR_SETTINGS["VERSION"]
