"""How many calls a key may make: so many in every minute, counted where all processes see it.

The headers are those of the IETF's draft "RateLimit header fields for HTTP" (draft-ietf-httpapi-ratelimit-headers).
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.cache import caches
from redis.exceptions import RedisError
from rest_framework.throttling import BaseThrottle

from members.models import ApiKey

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView

logger = logging.getLogger(__name__)

WINDOW = 60
POLICY = "per-key"


@dataclass(frozen=True, slots=True)
class Quota:
    """Calls that a key may make in a minute, has made, and the seconds until the next minute begins."""

    limit: int
    used: int
    seconds: int

    @property
    def headers(self) -> Mapping[str, str]:
        left = max(self.limit - self.used, 0)
        return {
            "RateLimit-Policy": f'"{POLICY}";q={self.limit};w={WINDOW}',
            "RateLimit": f'"{POLICY}";r={left};t={self.seconds}',
        }


class CallsPerMinute(BaseThrottle):
    """Counts the call of a key; ``API_CALLS_PER_MINUTE`` of 0 counts none."""

    quota: Quota | None = None

    def allow_request(self, request: "Request", view: "APIView") -> bool:
        if not settings.API_CALLS_PER_MINUTE or not isinstance(request.auth, ApiKey):
            return True
        self.quota = view.quota = counted(request.auth, view.now)  # type: ignore[attr-defined]
        return self.quota is None or self.quota.used <= self.quota.limit

    def wait(self) -> Any:
        return self.quota.seconds if self.quota else None


def counted(api_key: ApiKey, now: datetime) -> Quota | None:
    """The quota with this call in it; None when the counter cannot be reached, which stops nobody."""
    minute, second = divmod(int(now.timestamp()), WINDOW)
    try:
        used = _one_more(f"calls:{api_key.pk}:{minute}")
    except (RedisError, ConnectionError):
        logger.warning("Calls are not counted: the cache does not answer.")
        return None
    return Quota(settings.API_CALLS_PER_MINUTE, used, WINDOW - second)


def _one_more(name: str) -> int:
    cache = caches["limits"]
    try:
        return int(cache.incr(name))
    except ValueError:  # nobody has called in this minute
        return 1 if cache.add(name, 1, 2 * WINDOW) else int(cache.incr(name))
