"""What the operator has set up wrong, each with a hint: `manage.py check --deploy --database default`."""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections

from config.theme import parse_colour

DATABASE_CACHE = "django.core.cache.backends.db.DatabaseCache"
MAIL_THAT_ARRIVES_NOWHERE = tuple(
    f"django.core.mail.backends.{kind}.EmailBackend" for kind in ("console", "dummy", "filebased", "locmem")
)
HOSTS_OF_NOBODY = re.compile(r"(^|[@.])(localhost|example(\.(com|net|org))?|test|invalid)>?$")

Apps = Sequence[AppConfig] | None


@register(Tags.database)
def cache_table_exists(
    app_configs: Apps, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    cache = settings.CACHES["default"]
    if "default" not in (databases or ()) or cache["BACKEND"] != DATABASE_CACHE:
        return []
    if cache["LOCATION"] in connections["default"].introspection.table_names():
        return []
    return [
        Warning(
            f"The cache's table {cache['LOCATION']} is missing, so logins and limits cannot work.",
            hint="Run: manage.py setup",
            id="stamkund.W001",
        )
    ]


@register(Tags.compatibility)
def parts_suit_the_number_of_machines(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.MACHINES > 1 and settings.CELERY_BROKER_URL == settings.EMBEDDED_BROKER_URL:
        found.append(
            Error(
                "The embedded broker is a folder: the workers on other machines would never see a task.",
                hint="Set REDIS_URL or CELERY_BROKER_URL, or MACHINES=1.",
                id="stamkund.E001",
            )
        )
    if settings.MACHINES > 1 and settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        found.append(
            Error(
                "SQLite is a file on one machine: the others would each keep a club of their own.",
                hint="Set DATABASE_URL to a PostgreSQL database, or MACHINES=1.",
                id="stamkund.E002",
            )
        )
    return found


@register(Tags.compatibility)
def currency_is_a_code(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    if re.fullmatch(r"[A-Z]{3}", settings.CLUB_CURRENCY):
        return []
    return [
        Error(
            f"CLUB_CURRENCY is {settings.CLUB_CURRENCY!r}, which is no currency code.",
            hint="Set it to three capital letters, e.g. CLUB_CURRENCY=SEK.",
            id="stamkund.E003",
        )
    ]


@register(Tags.compatibility)
def colour_is_a_colour(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    try:
        parse_colour(settings.CLUB_COLOUR)
    except ValueError as error:
        return [Error(str(error), hint="Set CLUB_COLOUR, e.g. CLUB_COLOUR=#1f5c4d.", id="stamkund.E007")]
    return []


@register(Tags.security, deploy=True)
def mail_reaches_people(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.EMAIL_BACKEND in MAIL_THAT_ARRIVES_NOWHERE:
        found.append(
            Error(
                "No mail server is set up: login codes and campaigns would reach nobody.",
                hint="Set EMAIL_URL, e.g. smtp+tls://user:password@mail.example.se:587, or ANYMAIL_BACKEND.",
                id="stamkund.E004",
            )
        )
    if HOSTS_OF_NOBODY.search(settings.DEFAULT_FROM_EMAIL):
        found.append(
            Error(
                f"Mail would come from {settings.DEFAULT_FROM_EMAIL}, an address that cannot exist.",
                hint="Set DEFAULT_FROM_EMAIL, e.g. Klubben <klubb@shop.se>.",
                id="stamkund.E005",
            )
        )
    return found


@register(Tags.security, deploy=True)
def members_are_told_where_we_are(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    address = urlsplit(settings.CLUB_URL)
    if address.scheme != "https" or HOSTS_OF_NOBODY.search(address.hostname or "localhost"):
        found.append(
            Error(
                f"Links in mails would lead to {settings.CLUB_URL}.",
                hint="Set CLUB_URL to the club's own address, e.g. https://klubb.shop.se.",
                id="stamkund.E006",
            )
        )
    if not settings.CLUB_POSTAL_ADDRESS:
        found.append(
            Warning(
                "Marketing mail must name its sender's postal address, and none is set.",
                hint="Set CLUB_POSTAL_ADDRESS, e.g. Butiken AB, Storgatan 1, 111 22 Stockholm.",
                id="stamkund.W002",
            )
        )
    return found
