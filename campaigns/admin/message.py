"""The send ledger as staff read it, and the one thing they may do: send a lost message again, with a reason."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesRadioFilter

from campaigns import actions
from campaigns.models import Message
from members.actions import UnableTo
from members.admin.base import ReadOnlyAdmin, actor_of, column
from members.admin.deeds import Preview, ReasonForm, deed_page, refused
from members.admin.filters import FoundByMember, since
from members.admin.mirror import when

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

STATE_COLOURS = {"accepted": "success", "failed": "danger", "unknown": "warning", "skipped": "info"}
REFUSALS = {
    "reason_is_missing": gettext_lazy("Say why: the reason stays with the message."),
    "message_has_not_failed": gettext_lazy(
        "Only a message that failed, or of which nothing is known, is sent again. Nothing was changed."
    ),
}


@admin.register(Message)
class MessageAdmin(FoundByMember, ReadOnlyAdmin):
    list_display = ("member", "campaign", "labelled_state", "why", "attempts", "planned_at", "ended_at")
    list_filter = (
        ("state", ChoicesRadioFilter),
        ("reason", ChoicesRadioFilter),
        since("ended_at", gettext_lazy("ended")),
    )
    list_select_related = ("member", "enrolment__campaign")
    owner = "member"
    search_help_text = gettext_lazy("Member number, name, e-mail or phone")
    readonly_fields = ("campaign", "labelled_state", "why", "by_hand")
    fields = (
        "member", "campaign", "labelled_state", "why", "error", "attempts", "due_at", "planned_at", "claimed_at",
        "handed_over_at", "ended_at", "provider_id", "by_hand",
    )  # fmt: skip
    change_form_outer_before_template = "campaigns/admin/message_tools.html"

    def get_urls(self) -> "list[URLPattern]":
        page = self.admin_site.admin_view(self.send_again)
        return [path("<uuid:pk>/send-again/", page, name="campaigns_message_send_again"), *super().get_urls()]

    def send_again(self, request: "HttpRequest", pk: "UUID") -> "HttpResponse":
        """Ask for a reason, say what may happen, and send again."""
        if not request.user.has_perm("campaigns.change_message"):
            raise PermissionDenied
        message = get_object_or_404(Message.objects.select_related("member"), pk=pk)
        form = ReasonForm(request.POST or None)

        def send() -> str:
            actions.resend_message(
                message=message,
                reason=form.cleaned_data["reason"],
                actor=actor_of(request),
                now=timezone.now(),
            )
            return _("The message is sent again within a minute.")

        return deed_page(
            self,
            request,
            form,
            send,
            title=_("Send again"),
            about=message.member,
            back=reverse("admin:campaigns_message_change", args=[message.pk]),
            preview=preview_of(message) if form.is_valid() else None,
            explain=sentence,
            warning=doubt_about(message),
        )

    @column(gettext_lazy("campaign"))
    def campaign(self, message: Message) -> str:
        return message.enrolment.campaign.name

    @column(gettext_lazy("state"), STATE_COLOURS)
    def labelled_state(self, message: Message) -> tuple[str, str]:
        return message.state, message.get_state_display()

    @column(gettext_lazy("changed by staff"))
    def by_hand(self, message: Message) -> str:
        told = ((when(datetime.fromisoformat(one["at"])), one["by"], one["reason"]) for one in message.notes)
        return format_html_join("", "<p>{} {}: {}</p>", told) or "–"

    @column(gettext_lazy("reason"))
    def why(self, message: Message) -> str:
        return message.get_reason_display()


def preview_of(message: Message) -> Preview:
    return [(_("state"), message.get_state_display(), str(Message.State.PLANNED.label))]


def doubt_about(message: Message) -> str:
    if message.state != Message.State.UNKNOWN:
        return ""
    return _("Nobody can say whether this message went out. If it did, the member gets it twice.")


def sentence(error: UnableTo) -> str:
    return refused(error, REFUSALS)
