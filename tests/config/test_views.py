import pytest
from django.core.cache.backends.base import BaseCache
from django.test import Client
from pytest_django import Settings


@pytest.mark.django_db
def test_a_healthy_club_says_so(client: Client) -> None:
    answer = client.get("/health/")
    assert (answer.status_code, answer.json()) == (200, {"database": "ok", "cache": "ok"})
    assert "no-store" in answer["Cache-Control"]


class ForgetfulCache(BaseCache):
    """A cache that has lost its server."""

    def __init__(self, location: str, params: dict[str, object]) -> None:
        super().__init__(params)


@pytest.mark.django_db
def test_a_part_that_fails_is_named_and_nothing_else_is_told(client: Client, settings: Settings) -> None:
    settings.CACHES = {"default": {"BACKEND": "tests.config.test_views.ForgetfulCache", "LOCATION": ""}}
    answer = client.get("/health/")
    assert (answer.status_code, answer.json()) == (503, {"database": "ok", "cache": "failed"})


def test_metrics_are_for_the_bearer_of_the_token_alone(client: Client, settings: Settings) -> None:
    assert client.get("/metrics/").status_code == 404
    settings.METRICS_TOKEN = "a word between us"
    assert client.get("/metrics/").status_code == 404
    assert client.get("/metrics/", headers={"Authorization": "Bearer a guess"}).status_code == 404
    answer = client.get("/metrics/", headers={"Authorization": "Bearer a word between us"})
    assert answer.status_code == 200
    assert b"django_http_requests_before_middlewares_total" in answer.content


def test_without_a_token_configured_an_empty_one_opens_nothing(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics/", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.django_db
def test_the_console_sends_a_stranger_to_the_common_login(client: Client) -> None:
    answer = client.get("/admin/", follow=True)
    assert (answer.status_code, answer.redirect_chain[-1][0].split("?")[0]) == (200, "/accounts/login/")


def policy(client: Client, path: str) -> dict[str, str]:
    header = client.get(path)["Content-Security-Policy"]
    return {rule.split()[0]: " ".join(rule.split()[1:]) for rule in header.split("; ")}


@pytest.mark.django_db
def test_a_page_may_run_no_script_but_ours(client: Client) -> None:
    rules = policy(client, "/accounts/login/")
    assert rules["default-src"] == "'self'"
    assert "unsafe" not in rules["script-src"] + rules["style-src"]
    assert rules["frame-ancestors"] == rules["object-src"] == "'none'"


@pytest.mark.django_db
def test_the_console_may_do_what_its_own_scripts_need_and_no_more(client: Client) -> None:
    rules = policy(client, "/admin/")
    assert "'unsafe-eval'" in rules["script-src"]
    assert "'unsafe-inline'" not in rules["script-src"]
    assert rules["style-src"] == "'self' 'unsafe-inline'"


def test_the_api_pages_may_run_inline_scripts(client: Client) -> None:
    assert policy(client, "/api/v1/docs/try/")["script-src"] == "'self' 'unsafe-inline'"


@pytest.mark.django_db
def test_the_language_can_be_chosen(client: Client) -> None:
    assert client.get("/accounts/login/")["Content-Language"] == "sv"
    client.post("/language/setlang/", {"language": "nb"})
    assert client.get("/accounts/login/")["Content-Language"] == "nb"
