"""What the description of the API says about keys, repeated calls and errors, for all floors."""

from collections.abc import Iterator
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

from members.api.idempotency import HEADER, LONGEST_KEY
from members.api.problems import CONTENT_TYPE

Schema = dict[str, Any]

WRITING = ("post", "put", "patch", "delete")
PREFIX = "/api/v1/"

PROBLEM: Schema = {
    "type": "object",
    "description": "What went wrong (RFC 9457). `type` is stable; `detail` is for people.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "examples": ["/problems/email_is_taken"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "facts": {
            "type": "object",
            "description": "The numbers and names in `detail`; of a conflict also the `first_answer`.",
        },
        "errors": {
            "type": "array",
            "description": "What must be put right, and where.",
            "items": {
                "type": "object",
                "required": ["code", "detail"],
                "properties": {
                    "pointer": {"type": "string", "description": "Into the body (RFC 6901)."},
                    "parameter": {"type": "string", "description": "Of the query."},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
        "request_id": {"type": "string", "description": "Name it when you ask us about a failure."},
    },
}
IDEMPOTENCY_KEY: Schema = {
    "name": HEADER,
    "in": "header",
    "description": "Makes it safe to send this call again: the first answer is given again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[ -~]+$"},
}
IF_NONE_MATCH: Schema = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The `ETag` of the answer that you have: 304 where nothing has changed since.",
    "schema": {"type": "string"},
}
EMPTY: Schema = {"type": "string", "maxLength": 0}
MEANINGS = {
    400: "The call cannot be understood: see `errors`.",
    401: "The API key is missing, unknown, revoked or expired.",
    403: "The API key lacks the scope.",
    404: "There is no such thing.",
    409: "It conflicts with what is there, or the idempotency key was used for another call.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "It is understood and cannot be done; nothing was changed.",
    429: "The key has called too often: try again after the seconds in `Retry-After`.",
}


class Described(AutoSchema):
    """Says of a call what its view says to shops, and never what its docstring says to us."""

    def get_description(self) -> str:  # type: ignore[override]
        return ""


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "members.api.auth.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> Schema:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "sk_…"}


def describe_problems(result: Schema, generator: Any, request: Any, public: bool) -> Schema:
    """Postprocessing hook: every call may go wrong, and says so in one way."""
    shapes = result.setdefault("components", {}).setdefault("schemas", {})
    for shape in shapes.values():
        if "properties" in shape:
            shape.pop("description", None)  # a docstring: for us, and in one language
            shape["properties"] = {name: in_one_piece(field) for name, field in shape["properties"].items()}
    shapes["Problem"] = PROBLEM
    for path, methods in result["paths"].items():
        if path.startswith(PREFIX):
            for method, operation in methods.items():
                describe(path, method, operation)
    return result


def in_one_piece(field: Schema) -> Schema:
    """A text that may be empty as one text: a choice of two would be an object in the clients of shops."""
    if EMPTY not in field.get("oneOf", ()):
        return field
    told, _empty = field["oneOf"]
    return {name: value for name, value in {**field, **told}.items() if name not in ("oneOf", "format")}


def describe(path: str, method: str, operation: Schema) -> None:
    if method in WRITING:
        operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
    else:
        operation.setdefault("parameters", []).append(IF_NONE_MATCH)
        operation["responses"]["304"] = {
            "description": "Nothing has changed since the answer of that `ETag`."
        }
    for status in possible_statuses(path, method):
        operation["responses"].setdefault(str(status), problem_response(MEANINGS[status]))
    operation["responses"].setdefault("default", problem_response("Anything else that went wrong."))


def possible_statuses(path: str, method: str) -> Iterator[int]:
    yield from (400, 401, 403, 429)
    if "{" in path:
        yield 404
    if method in WRITING:
        yield from (409, 413, 415, 422)


def problem_response(meaning: str) -> Schema:
    return {
        "description": meaning,
        "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
