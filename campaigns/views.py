"""The two doors that stand open without a login: to stop mails, and for providers to report what bounced."""

from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from anymail.urls import urlpatterns as anymail_urls
from anymail.webhooks.base import AnymailCoreWebhookView
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from campaigns import actions
from campaigns.models import UnsubscribeLink

# RFC 8058, 3.1: what a mail program posts, and our own button too.
FIELD, ONE_CLICK = "List-Unsubscribe", "One-Click"
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
