"""Pages for machines that watch over the club."""

from collections.abc import Callable

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare, get_random_string
from django.views.decorators.cache import never_cache
from django_prometheus.exports import ExportToDjangoView

logger = structlog.get_logger(__name__)


class Unhealthy(Exception):
    """A part of the club does not do its work."""


def database_answers() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def cache_remembers() -> None:
    word = get_random_string(12)
    cache.set("health", word, timeout=60)
    if cache.get("health") is None:
        raise Unhealthy("The cache forgot at once what it was given.")


HEALTH_CHECKS: dict[str, Callable[[], None]] = {"database": database_answers, "cache": cache_remembers}


@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """Answer 200 and {"database": "ok", …}, or 503 with "failed" at what does not work; the log says why."""
    results = {name: result_of(check) for name, check in HEALTH_CHECKS.items()}
    return JsonResponse(results, status=200 if set(results.values()) == {"ok"} else 503)


def result_of(check: Callable[[], None]) -> str:
    try:
        check()
    except Exception:
        logger.exception("health_check_failed", check=check.__name__)
        return "failed"
    return "ok"


@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Show numbers for Prometheus to whoever bears METRICS_TOKEN; without one configured, to nobody."""
    given = request.headers.get("Authorization", "")
    if not settings.METRICS_TOKEN or not constant_time_compare(given, f"Bearer {settings.METRICS_TOKEN}"):
        raise Http404
    page: HttpResponse = ExportToDjangoView(request)
    return page
