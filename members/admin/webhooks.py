"""Who is told what happens, how it went, and sending it again."""

import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
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
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from members import actions
from members.actions import UnableTo
from members.admin.base import ClubAdmin, ReadOnlyAdmin, actor_of, column
from members.admin.deeds import deed_page, refused
from members.admin.mirror import sentences
from members.models import Subscription, WebhookMessage

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

STATE_COLOURS = {"waiting": "warning", "delivered": "success", "failed": "danger"}
LOG = 100


class SubscriptionForm(forms.ModelForm[Subscription]):
    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=500,
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "url"}),
        help_text=gettext_lazy("Begins with https:// and can be reached from the open internet."),
    )
    events = forms.MultipleChoiceField(
        label=gettext_lazy("Hears of"),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=gettext_lazy("Nothing chosen is everything."),
    )
    is_on = forms.BooleanField(
        label=gettext_lazy("Switched on"), required=False, initial=True, widget=UnfoldBooleanSwitchWidget
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        events = sorted({*sentences, *self.instance.events})
        self.fields["events"].choices = [(kind, kind) for kind in events]  # type: ignore[attr-defined]
        if self.instance._state.adding:
            del self.fields["is_on"]
        else:
            self.initial["is_on"] = self.instance.disabled_at is None

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"]).strip()
        try:
            actions.checked_url(url)
        except UnableTo as error:
            raise forms.ValidationError(explain(error)) from None
        return url


def explain(error: UnableTo) -> str:
    sentences_of_calls = {
        "url_is_not_valid": _("This is no address that can be called."),
        "url_is_not_https": _("The address must begin with https://."),
        "body_was_wiped": _("The message was about a member who has been forgotten."),
    }
    return refused(error, sentences_of_calls)


@admin.register(Subscription)
class SubscriptionAdmin(ClubAdmin):
    list_display = ("name", "url", "labelled_state")
    ordering = ("name",)
    form = SubscriptionForm
    change_form_outer_before_template = "admin/members/subscription/tools.html"

    def get_fields(self, request: "HttpRequest", obj: Any = None) -> tuple[str, ...]:
        return ("name", "url", "events", "is_on") if obj else ("name", "url", "events")

    def get_urls(self) -> "list[URLPattern]":
        own = [
            path("<int:pk>/test/", self.admin_site.admin_view(self.test), name="members_subscription_test"),
            path(
                "<int:pk>/rotate/",
                self.admin_site.admin_view(self.rotate),
                name="members_subscription_rotate",
            ),
        ]
        return [*own, *super().get_urls()]

    def change_view(
        self, request: "HttpRequest", object_id: str, form_url: str = "", extra_context: Any = None
    ) -> "HttpResponse":
        subscription = self.get_object(request, object_id)
        told = {"log": log_of(subscription)} if subscription else {}
        page: HttpResponse = super().change_view(
            request, object_id, form_url, {**(extra_context or {}), **told}
        )
        return page

    def save_model(self, request: "HttpRequest", obj: Subscription, form: Any, change: bool) -> None:
        told, now = form.cleaned_data, timezone.now()
        if change:
            actions.change_subscription(subscription=obj, **told, now=now)
            return
        made = actions.subscribe(**told, now=now, actor=actor_of(request))
        obj.__dict__.update(made.__dict__)
        show_once(request, made)

    def test(self, request: "HttpRequest", pk: int) -> "HttpResponse":
        """Send a message of no activity to the receiver."""
        if request.method != "POST" or not request.user.has_perm("members.change_subscription"):
            raise PermissionDenied
        subscription = get_object_or_404(Subscription, pk=pk)
        actions.send_test_webhook(subscription=subscription, now=timezone.now())
        messages.info(request, _("A test is on its way. Its answer stands here as soon as there is one."))
        return redirect(log_of(subscription))

    def rotate(self, request: "HttpRequest", pk: int) -> "HttpResponse":
        """Make a new secret, shown once."""
        if not request.user.has_perm("members.change_subscription"):
            raise PermissionDenied
        subscription = get_object_or_404(Subscription, pk=pk)

        def change() -> str:
            now, actor = timezone.now(), actor_of(request)
            show_once(request, actions.rotate_secret(subscription=subscription, now=now, actor=actor))
            return _("For a day every message is signed with both secrets.")

        return deed_page(
            self,
            request,
            forms.Form(request.POST or None),
            change,
            title=_("Change the secret"),
            about=subscription,
            back=reverse("admin:members_subscription_change", args=[subscription.pk]),
            preview=[(_("secret"), _("the one in use"), _("a new one, and the former one for a day"))],
            explain=explain,
        )

    @column(gettext_lazy("state"), {"on": "success", "off": "warning", "given_up": "danger"})
    def labelled_state(self, subscription: Subscription) -> tuple[str, str]:
        if subscription.disabled_at is None:
            return "on", _("on")
        return ("given_up", _("nobody answered")) if subscription.is_given_up else ("off", _("off"))


def show_once(request: "HttpRequest", subscription: Subscription) -> None:
    secret = {"key": subscription.secret}
    messages.warning(request, _("Copy the secret now, it is never shown again: %(key)s") % secret)


def log_of(subscription: Subscription) -> str:
    return reverse("admin:members_webhookmessage_changelist") + f"?subscription__id__exact={subscription.pk}"


@admin.register(WebhookMessage)
class WebhookMessageAdmin(ReadOnlyAdmin):
    list_display = ("made_at", "subscription", "event", "labelled_state", "attempts", "answer", "due_at")
    list_filter = (("state", ChoicesRadioFilter), ("subscription", RelatedDropdownFilter))
    list_select_related = ("subscription",)
    list_per_page = LOG
    ordering = ("-made_at", "-pk")
    readonly_fields = ("answer", "sent", "told_as")
    fields = (
        "subscription", "event", "state", "answer", "attempts", "made_at", "due_at", "delivered_at", "told_as", "sent",
    )  # fmt: skip
    change_form_outer_before_template = "admin/members/webhookmessage/tools.html"

    def get_queryset(self, request: "HttpRequest") -> QuerySet[WebhookMessage]:
        rows: QuerySet[WebhookMessage] = super().get_queryset(request)
        return rows.order_by(*self.ordering)

    def get_urls(self) -> "list[URLPattern]":
        page = self.admin_site.admin_view(self.replay)
        return [path("<uuid:pk>/replay/", page, name="members_webhookmessage_replay"), *super().get_urls()]

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        known = ("subscription__id__exact", "state__exact")
        return lookup in known or super().lookup_allowed(lookup, value, request)

    def replay(self, request: "HttpRequest", pk: UUID) -> "HttpResponse":
        if not request.user.has_perm("members.change_webhookmessage"):
            raise PermissionDenied
        message = get_object_or_404(WebhookMessage.objects.select_related("subscription"), pk=pk)

        def again() -> str:
            actions.replay_webhook(message=message, now=timezone.now())
            return _("The message is on its way again, under the same id.")

        return deed_page(
            self,
            request,
            forms.Form(request.POST or None),
            again,
            title=_("Send again"),
            about=message,
            back=reverse("admin:members_webhookmessage_change", args=[message.pk]),
            preview=[(message.event, message.get_state_display(), _("waiting"))],
            explain=explain,
        )

    @column(gettext_lazy("state"), STATE_COLOURS)
    def labelled_state(self, message: WebhookMessage) -> tuple[str, str]:
        return message.state, message.get_state_display()

    @column(gettext_lazy("last answer"))
    def answer(self, message: WebhookMessage) -> str:
        return str(message.status or message.error or "–")

    @column("webhook-id")
    def told_as(self, message: WebhookMessage) -> str:
        return message.webhook_id

    @column(gettext_lazy("as it is sent"))
    def sent(self, message: WebhookMessage) -> str:
        body = json.dumps(json.loads(message.body), indent=2, ensure_ascii=False) if message.body else "–"
        return format_html('<pre class="club-raw" tabindex="0">{}</pre>', body)
