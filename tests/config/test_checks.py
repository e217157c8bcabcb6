import pytest
from django.core.checks import CheckMessage, run_checks
from django.core.management import call_command
from django.db import connection
from pytest_django import Settings


def ids(messages: list[CheckMessage]) -> set[str]:
    return {str(message.id) for message in messages if str(message.id).startswith("stamkund.")}


@pytest.mark.django_db
def test_a_missing_cache_table_is_told(settings: Settings) -> None:
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "config_cache"}
    }
    call_command("createcachetable")
    assert ids(run_checks(databases=["default"])) == set()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE config_cache")
    assert ids(run_checks(databases=["default"])) == {"stamkund.W001"}


def test_one_machine_may_use_the_embedded_parts(settings: Settings) -> None:
    settings.CELERY_BROKER_URL = settings.EMBEDDED_BROKER_URL
    settings.MACHINES = 1
    assert ids(run_checks()) == set()


def test_several_machines_may_not_use_the_embedded_parts(settings: Settings) -> None:
    settings.CELERY_BROKER_URL = settings.EMBEDDED_BROKER_URL
    settings.MACHINES = 2
    on_sqlite = {"stamkund.E002"} if connection.vendor == "sqlite" else set()
    assert ids(run_checks()) == {"stamkund.E001"} | on_sqlite


@pytest.mark.parametrize("currency", ["", "kr", "sek", "SEKK"])
def test_a_currency_must_be_a_code(settings: Settings, currency: str) -> None:
    settings.CLUB_CURRENCY = currency
    assert ids(run_checks()) == {"stamkund.E003"}


def test_a_deployment_that_reaches_nobody_is_told_all_at_once(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    settings.DEFAULT_FROM_EMAIL = "Stamkund <club@localhost>"
    settings.CLUB_URL = "http://localhost:8000"
    settings.CLUB_POSTAL_ADDRESS = ""
    found = run_checks(include_deployment_checks=True)
    assert ids(found) == {"stamkund.E004", "stamkund.E005", "stamkund.E006", "stamkund.W002"}
    assert all(message.hint for message in found if str(message.id).startswith("stamkund."))


def test_a_deployment_set_up_well_is_not_nagged(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.DEFAULT_FROM_EMAIL = "Klubben <klubb@shop.se>"
    settings.CLUB_URL = "https://klubb.shop.se"
    settings.CLUB_POSTAL_ADDRESS = "Butiken AB, Storgatan 1, 111 22 Stockholm"
    assert ids(run_checks(include_deployment_checks=True)) == set()
