import re

from django.conf import settings

from tests.config.programs import BASE_DIR, STRONG_KEY, manage, python

PRODUCTION = {
    "STAMKUND_ENV": "production",
    "SECRET_KEY": STRONG_KEY,
    "ALLOWED_HOSTS": "klubb.shop.se",
    "CLUB_URL": "https://klubb.shop.se",
    "CLUB_POSTAL_ADDRESS": "Butiken AB, Storgatan 1, 111 22 Stockholm",
    "EMAIL_URL": "smtp+tls://klubb:hemligt@mail.shop.se:587",
    "DEFAULT_FROM_EMAIL": "Klubben <klubb@shop.se>",
}


def test_every_variable_is_in_the_example_and_every_example_is_read() -> None:
    sources = [BASE_DIR / "config/settings.py", BASE_DIR / "config/management/commands/createadmin.py"]
    read = re.findall(r'(?:env\.\w+|environ\.get)\(\s*"([A-Z_]+)"', "\n".join(p.read_text() for p in sources))
    explained = re.findall(r"^#?([A-Z_]+)=", (BASE_DIR / ".env.example").read_text(), re.MULTILINE)
    assert sorted(set(read)) == sorted(explained)


def test_the_example_is_itself_a_valid_environment() -> None:
    ran = manage("check", settings={"STAMKUND_ENV_FILE": str(BASE_DIR / ".env.example")})
    assert ran.returncode == 0, ran.stderr


def test_a_complete_production_passes_every_deployment_check() -> None:
    ran = manage("check", "--deploy", "--fail-level", "WARNING", settings=PRODUCTION)
    assert ran.returncode == 0, ran.stderr


def test_sqlite_is_opened_so_that_writers_wait_for_each_other() -> None:
    ran = python(
        "-c", "from config import settings as s; print(s.DATABASES['default']['OPTIONS'])", settings={}
    )
    assert "'transaction_mode': 'IMMEDIATE', 'timeout': 20" in ran.stdout
    assert "journal_mode=WAL" in ran.stdout


def test_redis_is_cache_and_broker_when_its_address_is_given() -> None:
    ran = python(
        "-c",
        "from config import settings as s; print(s.CACHES['default']['BACKEND'], s.CELERY_BROKER_URL)",
        settings={"REDIS_URL": "redis://127.0.0.1:6379/5"},
    )
    assert ran.stdout.split() == ["django.core.cache.backends.redis.RedisCache", "redis://127.0.0.1:6379/5"]


def test_a_page_view_takes_no_transaction() -> None:
    assert settings.DATABASES["default"]["ATOMIC_REQUESTS"] is False


def test_tests_never_talk_to_a_real_broker() -> None:
    assert settings.CELERY_BROKER_URL == "memory://"
