"""Connecting a webshop without a developer, and what it has sent since."""

import json
from datetime import datetime, time
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesRadioFilter, RelatedDropdownFilter
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminSelectWidget

from loyalty import actions
from loyalty.actions.shops import SHORTEST_SECRET, check_address
from loyalty.connectors.reasons import reason
from loyalty.connectors.webhooks import trial_delivery, webhooks
from loyalty.models import ShopConnection, ShopDelivery
from loyalty.queries.shops import pull_progress
from loyalty.tasks import run_pulls
from loyalty.views.shops import take
from members.actions import UnableTo
from members.admin.base import ClubAdmin, ReadOnlyAdmin, actor_of, column
from members.admin.deeds import deed_page, refused
from members.tasks import nudge

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

LOG = 100
STATE_COLOURS = {
    "received": "info", "waiting": "warning", "done": "success", "passed": "info", "refused": "danger",
}  # fmt: skip


class ShopForm(forms.ModelForm[ShopConnection]):
    """Never shows a secret: an empty field leaves it as it is."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind of shop"), widget=UnfoldAdminSelectWidget)
    secret = forms.CharField(
        label=gettext_lazy("Secret"),
        required=False,
        min_length=SHORTEST_SECRET,
        max_length=200,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy(
            "Shopify: the signing secret that Shopify shows. WooCommerce: leave it empty, and one is made. On a "
            "connected shop, empty leaves it as it is; after a change the former one holds for a day."
        ),
    )

    api_key = forms.CharField(
        label=gettext_lazy("Consumer key"),
        required=False,
        max_length=200,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy(
            "WooCommerce: under Advanced → REST API, a key that may read. Shopify has none. Empty leaves it as it is."
        ),
    )
    api_secret = forms.CharField(
        label=gettext_lazy("Consumer secret or access token"),
        required=False,
        max_length=200,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy(
            "Shopify: the access token of an app of your own that may read customers and all orders. Empty leaves it "
            "as it is."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for secret in ("secret", "api_key", "api_secret"):
            self.initial.pop(secret, None)
        if not self.instance._state.adding:
            del self.fields["kind"]
            return
        kinds = [(key, kind.label) for key, kind in webhooks.items()]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or self.cleaned_data
        try:
            check_address(facts.get("api_url") or "")
        except UnableTo as error:
            self.add_error("api_url", reason(error.key, error.facts))
        kind = webhooks.get(facts.get("kind", ""))
        if kind is not None and kind.makes_secret and not facts.get("secret") and "secret" not in self.errors:
            self.add_error("secret", _("Paste the secret that %(shop)s shows.") % {"shop": kind.label})
        return facts


class SinceForm(forms.Form):
    day = forms.DateField(required=False)

    @property
    def since(self) -> datetime | None:
        """The beginning of the day, in the club's time zone."""
        day = self.cleaned_data["day"]
        return timezone.make_aware(datetime.combine(day, time.min)) if day else None


def _steer(shop: ShopConnection, request: "HttpRequest") -> None:
    """One of the three buttons. Raises ``UnableToPull``."""
    now, form = timezone.now(), SinceForm(request.POST)
    if "stop" in request.POST:
        actions.stop_pull(shop=shop, now=now)
    elif "resume" in request.POST:
        actions.resume_pull(shop=shop, now=now)
    elif form.is_valid():
        actions.start_pull(shop=shop, since=form.since, now=now, actor=actor_of(request))
    else:
        messages.error(request, _("Write the day as 2024-01-31."))
    nudge(run_pulls)


@admin.register(ShopConnection)
class ShopConnectionAdmin(ClubAdmin):
    list_display = ("name", "labelled_kind", "source", "joins_customers", "is_active", "refused_at")
    ordering = ("name",)
    form = ShopForm
    change_form_outer_before_template = "admin/loyalty/shopconnection/tools.html"

    def has_delete_permission(self, request: "HttpRequest", obj: Any = None) -> bool:
        """One that is switched off keeps what it has told, so that nothing of it can count again."""
        return False

    def get_fields(self, request: "HttpRequest", obj: Any = None) -> tuple[str, ...]:
        settled = ("name", "secret", "joins_customers", "api_url", "api_key", "api_secret")
        return (*settled, "is_active") if obj else ("kind", "source", *settled)

    def get_urls(self) -> "list[URLPattern]":
        page = self.admin_site.admin_view(self.test)
        pull = self.admin_site.admin_view(self.pull)
        return [
            path("<uuid:pk>/test/", page, name="loyalty_shopconnection_test"),
            path("<uuid:pk>/past/", pull, name="loyalty_shopconnection_pull"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: "HttpRequest", object_id: str, form_url: str = "", extra_context: Any = None
    ) -> "HttpResponse":
        shop = self.get_object(request, object_id)
        told = {"connection": how_to_connect(shop)} if shop else {}
        page: HttpResponse = super().change_view(
            request, object_id, form_url, {**(extra_context or {}), **told}
        )
        return page

    def save_model(self, request: "HttpRequest", obj: ShopConnection, form: Any, change: bool) -> None:
        told, now, actor = form.cleaned_data, timezone.now(), actor_of(request)
        if change:
            actions.change_shop(shop=obj, **told, now=now, actor=actor)
            return
        made = actions.connect_shop(**told, now=now, actor=actor)
        obj.__dict__.update(made.__dict__)
        if not told["secret"]:
            messages.warning(
                request, _("Copy the secret now, it is never shown again: %(key)s") % {"key": made.secret}
            )

    def test(self, request: "HttpRequest", pk: UUID) -> "HttpResponse":
        """Send a signed order through the same door as the shop's own; it is recorded nowhere."""
        if request.method != "POST" or not request.user.has_perm("loyalty.change_shopconnection"):
            raise PermissionDenied
        shop = get_object_or_404(ShopConnection, pk=pk)
        take(shop, *trial_delivery(shop))
        messages.info(
            request,
            _("The test delivery was received. What became of it stands here as soon as it has been worked."),
        )
        return redirect(log_of(shop))

    def pull(self, request: "HttpRequest", pk: UUID) -> "HttpResponse":
        """Start, stop or go on with the fetching of what was bought before."""
        if request.method != "POST" or not request.user.has_perm("loyalty.change_shopconnection"):
            raise PermissionDenied
        shop = get_object_or_404(ShopConnection, pk=pk)
        try:
            _steer(shop, request)
        except UnableTo as error:
            messages.error(request, reason(error.key, error.facts))
        return redirect("admin:loyalty_shopconnection_change", shop.pk)

    @column(gettext_lazy("kind of shop"))
    def labelled_kind(self, shop: ShopConnection) -> str:
        return webhooks[shop.kind].label if shop.kind in webhooks else shop.kind


def how_to_connect(shop: ShopConnection) -> dict[str, Any]:
    """What the set-up page tells a merchant who connects a shop."""
    kind, progress = webhooks.get(shop.kind), pull_progress(shop)
    return {
        "address": settings.CLUB_URL + reverse("shop_webhook", args=[shop.pk]),
        "steps": kind.steps if kind else (),
        "topics": kind.topics if kind else (),
        "log": log_of(shop),
        "pull": progress,
        "problem": reason(progress.pull.problem, progress.pull.facts) if progress else "",
        "last": shop.deliveries.exclude(delivery_id__startswith="test-").order_by("-received_at").first(),
    }


def log_of(shop: ShopConnection) -> str:
    return reverse("admin:loyalty_shopdelivery_changelist") + f"?shop__id__exact={shop.pk}"


@admin.register(ShopDelivery)
class ShopDeliveryAdmin(ReadOnlyAdmin):
    """The last hundred on a page. Bodies tell of people, so this list has a right of its own."""

    list_display = ("received_at", "shop", "topic", "labelled_state", "result")
    list_filter = (("state", ChoicesRadioFilter), ("shop", RelatedDropdownFilter))
    list_select_related = ("shop",)
    list_per_page = LOG
    search_fields = ("order_number__startswith",)
    search_help_text = gettext_lazy("The shop's own order number, from its beginning")
    ordering = ("-received_at", "-pk")
    readonly_fields = ("result", "raw")
    fields = (
        "shop", "topic", "state", "result", "member", "received_at", "worked_at", "attempts", "due_at",
        "delivery_id", "raw",
    )  # fmt: skip
    change_form_outer_before_template = "admin/loyalty/shopdelivery/tools.html"

    def get_queryset(self, request: "HttpRequest") -> QuerySet[ShopDelivery]:
        rows: QuerySet[ShopDelivery] = super().get_queryset(request)
        return rows.defer("body") if "/change/" not in request.path else rows

    def get_urls(self) -> "list[URLPattern]":
        page = self.admin_site.admin_view(self.retry)
        return [path("<uuid:pk>/retry/", page, name="loyalty_shopdelivery_retry"), *super().get_urls()]

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        return lookup in ("shop__id__exact", "state__exact") or super().lookup_allowed(lookup, value, request)

    def retry(self, request: "HttpRequest", pk: UUID) -> "HttpResponse":
        if not request.user.has_perm("loyalty.change_shopdelivery"):
            raise PermissionDenied
        delivery = get_object_or_404(ShopDelivery.objects.select_related("shop"), pk=pk)

        def again() -> str:
            actions.retry_delivery(delivery=delivery, now=timezone.now())
            return _("The delivery will be worked again in a moment.")

        return deed_page(
            self,
            request,
            forms.Form(request.POST or None),
            again,
            title=_("Work the delivery again"),
            about=delivery,
            back=reverse("admin:loyalty_shopdelivery_change", args=[delivery.pk]),
            preview=[(delivery.topic, delivery.get_state_display(), _("received"))],
            explain=wiped,
        )

    @column(gettext_lazy("state"), STATE_COLOURS)
    def labelled_state(self, delivery: ShopDelivery) -> tuple[str, str]:
        return delivery.state, delivery.get_state_display()

    @column(gettext_lazy("result"))
    def result(self, delivery: ShopDelivery) -> str:
        return reason(delivery.reason, delivery.facts) if delivery.reason else "–"

    @column(gettext_lazy("as it came"))
    def raw(self, delivery: ShopDelivery) -> str:
        return format_html('<pre class="club-raw" tabindex="0">{}</pre>', readable(delivery.body) or "–")


def wiped(error: UnableTo) -> str:
    sentences = {"body_was_wiped": _("The body has been wiped, as all are after 30 days.")}
    return refused(error, sentences)


def readable(body: str) -> str:
    """JSON on lines of its own; anything else as it came."""
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return body
