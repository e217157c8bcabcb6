"""What must be true before this process may serve anybody: asked once, while the settings load."""

from django.core.exceptions import ImproperlyConfigured

ENVIRONMENTS = ("production", "demo", "development", "test")
PUBLISHED_SECRET_KEY = "django-insecure-for-this-machine-only-never-for-a-shop"  # noqa: S105 - refused below
SECRET_KEY_LENGTH = 50
SECRET_KEY_CHARACTERS = 10
LOOPBACK_HOSTS = {"localhost", "127.0.0.1", "[::1]", "testserver", ".localhost"}

NEW_KEY = 'Make one with: python3 -c "import secrets; print(secrets.token_urlsafe(64))"'


def refuse_unsafe_start(
    *, environment: str, secret_key: str, debug: bool, allowed_hosts: list[str], secure: bool
) -> None:
    """Raise ImproperlyConfigured, saying what to do, where strangers could reach a club that is not safe.

    Strangers can reach it in production, and wherever a host beyond this machine is allowed.
    `secure` says that cookies travel by HTTPS only.
    """
    if environment not in ENVIRONMENTS:
        raise ImproperlyConfigured(
            f"STAMKUND_ENV is {environment!r}. Set it to one of: {', '.join(ENVIRONMENTS)}."
        )
    if environment != "production" and set(allowed_hosts) <= LOOPBACK_HOSTS:
        return
    refuse_weak_key(secret_key)
    if debug:
        raise ImproperlyConfigured("DEBUG shows the club's secrets to any visitor. Set DEBUG=false.")
    if environment == "production":
        refuse_open_hosts(allowed_hosts)
        if not secure:
            raise ImproperlyConfigured(
                "Logins would travel in clear text. Serve the club by HTTPS and set HTTPS_ONLY=true."
            )


def refuse_weak_key(secret_key: str) -> None:
    if not secret_key or secret_key == PUBLISHED_SECRET_KEY or secret_key.startswith("django-insecure"):
        raise ImproperlyConfigured(f"SECRET_KEY is missing or known to everybody. {NEW_KEY}")
    if len(secret_key) < SECRET_KEY_LENGTH or len(set(secret_key)) < SECRET_KEY_CHARACTERS:
        raise ImproperlyConfigured(
            f"SECRET_KEY is too easy to guess: it needs {SECRET_KEY_LENGTH} characters or more, of at least "
            f"{SECRET_KEY_CHARACTERS} kinds. {NEW_KEY}"
        )


def refuse_open_hosts(allowed_hosts: list[str]) -> None:
    if not allowed_hosts:
        raise ImproperlyConfigured(
            "No host is allowed. Set ALLOWED_HOSTS to the club's own names, e.g. ALLOWED_HOSTS=club.example.se."
        )
    if "*" in allowed_hosts:
        raise ImproperlyConfigured("ALLOWED_HOSTS=* lets anybody name this club. List the club's own names.")
