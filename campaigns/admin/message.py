"""The send ledger as staff read it, and the one thing they may do: send a lost message again, with a reason."""

from typing import TYPE_CHECKING

from django.contrib import admin, messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesRadioFilter
from unfold.decorators import action, display

from campaigns import actions
from campaigns.forms import ReasonForm
from campaigns.models import Message
from members.admin.base import ReadOnlyAdmin, actor_of
from members.admin.filters import FoundByMember, since

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

STATE_COLOURS = {"accepted": "success", "failed": "danger", "unknown": "warning", "skipped": "info"}


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
    readonly_fields = ("campaign", "labelled_state", "why")
    fields = (
        "member", "campaign", "labelled_state", "why", "error", "attempts", "due_at", "planned_at", "claimed_at",
        "handed_over_at", "ended_at", "provider_id", "notes",
    )  # fmt: skip
    actions_detail = ("resend",)

    def has_resend_permission(self, request: "HttpRequest", object_id: object = None) -> bool:
        return request.user.has_perm("campaigns.change_message")

    @display(description=gettext_lazy("campaign"))
    def campaign(self, message: Message) -> str:
        return message.enrolment.campaign.name

    @display(description=gettext_lazy("state"), label=STATE_COLOURS)
    def labelled_state(self, message: Message) -> tuple[str, str]:
        return message.state, message.get_state_display()

    @display(description=gettext_lazy("reason"))
    def why(self, message: Message) -> str:
        return message.get_reason_display()

    @action(description=gettext_lazy("Send again"), permissions=["resend"], url_path="send-again")
    def resend(self, request: "HttpRequest", object_id: str) -> "HttpResponse":
        """Ask for a reason, and send again."""
        message = get_object_or_404(Message, pk=object_id)
        form = ReasonForm(request.POST or None)
        if form.is_valid():
            self.resend_because(request, message, form.cleaned_data["reason"])
            return redirect("admin:campaigns_message_change", message.pk)
        title = _("Send the message to %(member)s again") % {"member": message.member}
        context = {"title": title, "opts": self.opts, "original": message, "form": form}
        return render(
            request, "campaigns/admin/resend.html", {**self.admin_site.each_context(request), **context}
        )

    def resend_because(self, request: "HttpRequest", message: Message, reason: str) -> None:
        try:
            actions.resend_message(
                message=message, reason=reason, actor=actor_of(request), now=timezone.now()
            )
        except actions.UnableToResend:
            messages.error(
                request, _("Only a message that failed, or of which nothing is known, is sent again.")
            )
        else:
            messages.success(request, _("The message is sent again within a minute."))
