from django.conf import settings
from django.http import HttpRequest


def club(request: HttpRequest) -> dict[str, str]:
    """Say in every template which club this is."""
    return {"club_name": settings.CLUB_NAME, "club_currency": settings.CLUB_CURRENCY}
