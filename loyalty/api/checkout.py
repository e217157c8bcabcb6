"""The checkout snippet: a token from the shop's server, and what a customer's browser may ask with it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from loyalty import queries
from loyalty.api import shop
from loyalty.api.answers import AnswerSerializer
from loyalty.api.fields import MAX_LINES, MemberSerializer
from loyalty.api.requests import LineSerializer, new_lines
from loyalty.queries.browser_tokens import (
    BrowserToken,
    TokenIsNotValidError,
    browser_token,
    read_browser_token,
)
from loyalty.queries.counter import at_the_counter
from loyalty.queries.quotes import Quote, VoucherQuote, quote
from members.actions import NewOrder
from members.api.action_view import ActionView
from members.api.idempotency import idempotent
from members.api.strict import StrictSerializer
from members.models import ApiKey, Member

LONGEST_PREFLIGHT = 600


class TokenTold(StrictSerializer):
    member = MemberSerializer(required=False, allow_null=True)


class TokenAnswer(AnswerSerializer):
    token = serializers.CharField()
    expires_at = serializers.DateTimeField()


class BrowserTokensView(ActionView):
    scope = ApiKey.Scope.READ
    writes = False

    @extend_schema(
        operation_id="browser_tokens_make",
        summary=gettext_lazy("Make a token for the checkout snippet"),
        description=gettext_lazy(
            "Ask for it on your server when the page is made, and write it into the page: it lets the browser "
            "read what this one member has, for half an hour. Without a member: what a new member would earn."
        ),
        request=TokenTold,
        responses=TokenAnswer,
    )
    @idempotent
    def post(self, request: Request) -> Response:
        named = self.told(TokenTold).get("member")
        member = shop.member_of(named, self.key) if named else None
        token, until = browser_token(api_key=self.key, member=member, at=self.now)
        return Response(self.shown(TokenAnswer, {"token": token, "expires_at": until}))


class BrowserTokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer`` and a token. The key that it was made with becomes ``request.auth``."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, ApiKey]:
        scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
        try:
            found = read_browser_token(text.strip() if scheme.lower() == "bearer" else "", timezone.now())
        except TokenIsNotValidError:
            raise AuthenticationFailed(_("The token is unknown or has ended. Load the page again.")) from None
        request.browser_token = found  # type: ignore[attr-defined]
        return AnonymousUser(), found.api_key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="Stamkund checkout"'


class CartTold(StrictSerializer):
    lines = serializers.ListField(child=LineSerializer(), default=list, max_length=MAX_LINES)
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False)


class CheckoutView(ActionView):
    """For browsers on the pages named in ``SHOP_ORIGINS``. It answers in words: the snippet has none of its own."""

    scope = ApiKey.Scope.READ
    writes = False
    schema = None
    authentication_classes = (BrowserTokenAuthentication,)
    http_method_names = ["post", "options"]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if not self.origin:
            raise PermissionDenied(_("This page is not one of the shop's: see SHOP_ORIGINS."))
        if request.method != "OPTIONS":
            super().initial(request, *args, **kwargs)

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers["Vary"] = "Origin"
        response.headers["Cache-Control"] = "no-store"
        if self.origin:
            response.headers["Access-Control-Allow-Origin"] = self.origin
        return response

    @property
    def origin(self) -> str:
        """The page that asks, if it is one of the shop's."""
        told = self.request.headers.get("Origin", "")
        return told if told in settings.SHOP_ORIGINS else ""

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """What a browser asks before it sends the cart."""
        headers = {
            "Access-Control-Allow-Methods": "POST",
            "Access-Control-Allow-Headers": "Authorization, Content-Type",
            "Access-Control-Max-Age": str(LONGEST_PREFLIGHT),
        }
        return Response(status=204, headers=headers)

    def post(self, request: Request) -> Response:
        token: BrowserToken = request.browser_token  # type: ignore[attr-defined]
        told = self.told(CartTold)
        language = told.get("language") or translation.get_language() or settings.LANGUAGE_CODE
        with translation.override(language):
            return Response(self._summary(token.member, told))

    def _summary(self, member: Member | None, told: Mapping[str, Any]) -> dict[str, Any]:
        found = self._quoted(member, told) if told["lines"] else None
        return {
            "points": _points(member, self.now) if member else "",
            "earns": _earns(found, is_member=member is not None) if found else "",
            "checks_title": _("You can use"),
            "checks": _checks(found) if found else [],
        }

    def _quoted(self, member: Member | None, told: Mapping[str, Any]) -> Quote:
        cart = NewOrder(
            source=self.key.source,
            number="",
            placed_at=self.now,
            lines=new_lines(told["lines"]),
            member=member,
            store=self.key.store,
            channel="web",
        )
        return quote(cart, with_proposal=True)


def _points(member: Member, now: datetime) -> str:
    have = [queries.amount_of(one.meter, one.available) for one in at_the_counter(member, now).points]
    return _("You have %(points)s.") % {"points": ", ".join(have)} if have else ""


def _earns(found: Quote, *, is_member: bool) -> str:
    earned = found.earned if is_member else found.would_earn
    told = ", ".join(queries.amount_of(meter, amount) for meter, amount in earned.items() if amount)
    if not told:
        return ""
    words = _("You will earn %(points)s.") if is_member else _("As a member you would earn %(points)s.")
    return words % {"points": told}


def _checks(found: Quote) -> list[dict[str, Any]]:
    """Those that would suit the cart, then those that are better kept."""
    if found.proposal is None:
        return []
    suits = [_check(one, is_proposed=True) for one in found.proposal.vouchers]
    return suits + [_check(one, is_proposed=False) for one in found.proposal.kept]


def _check(one: VoucherQuote, *, is_proposed: bool) -> dict[str, Any]:
    return {
        "code": one.code,
        "discount_ore": one.discount_ore,
        "is_proposed": is_proposed,
        "text": queries.money(one.discount_ore),
        "because": queries.explain(one.because),
    }
