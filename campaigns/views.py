"""The doors that stand open without a login: to stop mails, to follow their links, and for providers to report."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from anymail.urls import urlpatterns as anymail_urls
from anymail.webhooks.base import AnymailCoreWebhookView
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from campaigns import actions
from campaigns.models import Message, Response, UnsubscribeLink
from campaigns.queries.following import FOLLOW, OPENED, TRAP, is_ours

# RFC 8058, 3.1: what a mail program posts, and our own button too.
FIELD, ONE_CLICK = "List-Unsubscribe", "One-Click"
# Of its address, as much as a response can hold.
LONGEST_LINK = 400
NOTHING: Mapping[str, str] = MappingProxyType({})
CLEAR_POINT = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c000000000100010000020144003b"
)
DEAD_ADDRESS = (RejectReason.BOUNCED, RejectReason.INVALID)


@csrf_exempt  # the mail program that posts has no cookie of ours; the token is the right to do it
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Show a button to whoever looks, as scanners of mail do; stop the mails only for a POST that says so."""
    link = UnsubscribeLink.objects.filter(token=token).first()
    if link is None:
        raise Http404
    is_said = request.method == "POST" and request.POST.get(FIELD) == ONE_CLICK
    if is_said:
        actions.unsubscribe(token=token, now=timezone.now())
    return render(request, "campaigns/unsubscribe.html", {"link": link, "is_said": is_said})


@never_cache
@require_safe
def follow(request: HttpRequest, message: UUID, signature: str) -> HttpResponse:
    """Lead on to the page that a link of ours is signed for, and to no other."""
    told = {name: request.GET[name] for name in ("to", "group") if name in request.GET}
    sent = sent_with(FOLLOW, message, signature, told)
    link, group = told["to"], told.get("group", "")
    record(request, sent, Response.Kind.CLICK, link=link[:LONGEST_LINK], link_group=group)
    return HttpResponseRedirect(link, headers={"Referrer-Policy": "no-referrer"})


@never_cache
@require_safe
def opened(request: HttpRequest, message: UUID, signature: str) -> HttpResponse:
    """A picture of one clear point."""
    record(request, sent_with(OPENED, message, signature), Response.Kind.OPEN)
    return HttpResponse(CLEAR_POINT, content_type="image/gif")


@never_cache
@require_safe
def trap(request: HttpRequest, message: UUID, signature: str) -> HttpResponse:
    """Where only machines come, for nobody sees the link to it."""
    actions.record_machine(message=sent_with(TRAP, message, signature), now=timezone.now())
    return HttpResponse(status=204)


def sent_with(kind: str, message: UUID, signature: str, told: Mapping[str, str] = NOTHING) -> Message:
    """The message whose letter held this address of ours; 404 for any that we did not sign."""
    if not is_ours(kind=kind, message=message, signature=signature, told=told):
        raise Http404
    return get_object_or_404(Message, pk=message)


def record(request: HttpRequest, message: Message, kind: str, **told: str) -> None:
    now = timezone.now()
    purpose = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    actions.record_response(
        message=message,
        kind=kind,
        occurred_at=now,
        now=now,
        agent=request.headers.get("User-Agent", ""),
        method=request.method or "GET",
        is_fetched_ahead="prefetch" in purpose,
        **told,
    )


class Bounces:
    """Stands where Anymail's views expect a Django signal, and calls our action by name instead."""

    def send(self, sender: Any, event: AnymailTrackingEvent, esp_name: str) -> None:
        is_complaint = event.event_type == EventType.COMPLAINED
        is_dead = event.event_type in (EventType.BOUNCED, EventType.REJECTED) and (
            event.reject_reason in DEAD_ADDRESS
        )
        if event.recipient and (is_complaint or is_dead):
            actions.record_bounce(
                address=event.recipient, is_complaint=is_complaint, provider=esp_name, now=timezone.now()
            )


def tracking_views() -> dict[str, type[AnymailCoreWebhookView]]:
    """Return Anymail's view of each provider, by the provider's name in Anymail's own addresses."""
    views = {}
    for pattern in anymail_urls:
        provider, is_tracking, _ = pattern.name.partition("_tracking_webhook")
        if is_tracking:
            view = pattern.callback.view_class
            views[provider] = type(view.__name__, (view,), {"signal": Bounces()})
    return views


PROVIDERS = tracking_views()


@csrf_exempt
def provider_reports(request: HttpRequest, provider: str) -> HttpResponseBase:
    """Take a provider's reports of bounces and complaints; closed until ANYMAIL has a WEBHOOK_SECRET."""
    if provider not in PROVIDERS or not settings.ANYMAIL.get("WEBHOOK_SECRET"):
        raise Http404
    answer: HttpResponseBase = PROVIDERS[provider].as_view()(request)
    return answer
