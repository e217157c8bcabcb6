"""Reads that a shop repeats: ``ETag`` and ``If-None-Match`` (RFC 9110)."""

import hashlib
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

if TYPE_CHECKING:
    from rest_framework.request import Request


def unless_known(response: Response, request: "Request", *, clocks: tuple[str, ...]) -> None:
    """Let the answer be 304 when the caller has it already.

    ``clocks`` are names in it that only tell when it was asked: they make no other answer of it.
    """
    response.headers.setdefault("Cache-Control", "private, no-cache")
    response.add_post_render_callback(partial(_compared, request=request, clocks=clocks))


def _compared(response: Response, *, request: "Request", clocks: tuple[str, ...]) -> HttpResponse:
    body = response.content
    if clocks and isinstance(response.data, Mapping):
        body = JSONRenderer().render({name: it for name, it in response.data.items() if name not in clocks})
    etag = f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'
    response.headers["ETag"] = etag
    return get_conditional_response(request._request, etag=etag, response=response) or response
