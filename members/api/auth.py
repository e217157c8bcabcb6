"""Who calls, and whether they may. Imports no views: the views' defaults import this."""

from typing import TYPE_CHECKING, cast

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission

from members import actions
from members.models import ApiKey
from members.queries import find_api_key

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView


class ApiKeyAuthentication(BaseAuthentication):
    """``Authorization: Bearer sk_…``. The key becomes ``request.auth``; it is nobody's login."""

    def authenticate(self, request: "Request") -> tuple[AnonymousUser, ApiKey] | None:
        scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        now = timezone.now()
        key = find_api_key(text.strip())
        if key is None or not key.is_valid(now):
            raise AuthenticationFailed(_("The API key is unknown, revoked or expired."))
        actions.note_use(api_key=key, now=now)
        return AnonymousUser(), key

    def authenticate_header(self, request: "Request") -> str:
        return 'Bearer realm="Stamkund"'


def key_of(request: "Request") -> ApiKey:
    """The key of a call that was let in."""
    return cast("ApiKey", request.auth)


class HasScope(BasePermission):
    """Reading and writing each need the scope that the view names for it."""

    message = ""

    def has_permission(self, request: "Request", view: "APIView") -> bool:
        if not isinstance(request.auth, ApiKey):
            return False  # nobody has said who they are: 401
        scope: str = view.reads if request.method in SAFE_METHODS else view.scope  # type: ignore[attr-defined]
        self.message = _("This needs an API key with the scope %(scope)s.") % {"scope": scope}
        return scope in request.auth.scopes
