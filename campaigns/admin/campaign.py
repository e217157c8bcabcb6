"""Campaigns as the merchant writes, tries and starts them."""

from itertools import count
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import Max
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action

from campaigns import actions
from campaigns.forms import CampaignForm, languages_of_texts
from campaigns.models import Campaign
from campaigns.queries import Trigger, current_version, example_letter, plan_of, triggers
from members.admin.base import ClubAdmin, actor_of, column

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

STATE_COLOURS = {"draft": "info", "active": "success", "paused": "warning"}


@admin.register(Campaign)
class CampaignAdmin(ClubAdmin):
    form = CampaignForm
    list_display = ("name", "starts_when", "labelled_state", "version")
    readonly_fields = ("starts_when", "labelled_state", "version", "variables")
    actions_detail = ("preview",)
    actions_submit_line = ("start", "pause", "send_test")

    def get_queryset(self, request: "HttpRequest") -> "QuerySet[Campaign]":
        campaigns: QuerySet[Campaign] = super().get_queryset(request)
        return campaigns.annotate(newest=Max("versions__number"))

    def get_fieldsets(self, request: "HttpRequest", obj: Campaign | None = None) -> Any:
        if obj and not self.has_change_permission(request, obj):
            return [(None, {"fields": ["name", "starts_when", "labelled_state", "version"]})]
        about = ["name", "trigger", "purpose", "wait_hours", "variables"]
        if obj:
            about += ["labelled_state", "version"]
        tabs = [
            (name, {"fields": fields, "classes": ["tab"]}) for _code, name, fields in languages_of_texts()
        ]
        return [(None, {"fields": about}), *tabs]

    def get_form(self, request: "HttpRequest", obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        # Django would look for every field of the tabs on the model.
        return CampaignForm

    def save_model(self, request: "HttpRequest", obj: Campaign, form: CampaignForm, change: bool) -> None:
        if change:
            actions.edit_campaign(
                campaign=obj,
                name=form.cleaned_data["name"],
                plan=form.plan,
                actor=actor_of(request),
                now=timezone.now(),
            )
        else:
            created = actions.create_campaign(
                key=free_key(form.cleaned_data["name"]),
                name=form.cleaned_data["name"],
                trigger=form.cleaned_data["trigger"],
                plan=form.plan,
                actor=actor_of(request),
                now=timezone.now(),
            )
            obj.__dict__.update(created.__dict__)
        self.run_pressed(request, obj)

    def run_pressed(self, request: "HttpRequest", campaign: Campaign) -> None:
        """Do what the button that saved the page says beside saving."""
        for button in self.get_actions_submit_line(request, campaign.pk):
            if button.action_name in request.POST:
                button.method(request, campaign)

    def has_delete_permission(self, request: "HttpRequest", obj: Any = None) -> bool:
        return False

    @column(gettext_lazy("starts when"))
    def starts_when(self, campaign: Campaign) -> str:
        trigger = triggers.get(campaign.trigger)
        return str(trigger.label) if trigger else campaign.trigger

    @column(gettext_lazy("state"), STATE_COLOURS)
    def labelled_state(self, campaign: Campaign) -> tuple[str, str]:
        return campaign.state, campaign.get_state_display()

    @column(gettext_lazy("version"))
    def version(self, campaign: Campaign) -> int:
        newest: int = campaign.newest  # type: ignore[attr-defined]  # annotated above
        return newest

    @column(gettext_lazy("variables that a text can hold"))
    def variables(self, campaign: Campaign) -> SafeString:
        chosen = [triggers[campaign.trigger]] if campaign.trigger in triggers else triggers.values()
        listed = [(trigger.label, lines_of(trigger)) for trigger in chosen]
        return format_html_join("", "<p>{}</p>{}", listed)

    @action(description=gettext_lazy("Save and start"), permissions=["change"])  # type: ignore[untyped-decorator]
    def start(self, request: "HttpRequest", campaign: Campaign) -> None:
        actions.activate_campaign(campaign=campaign, now=timezone.now())
        messages.success(request, _("The campaign runs. It starts for what happens from now on."))

    @action(description=gettext_lazy("Save and pause"), permissions=["change"])  # type: ignore[untyped-decorator]
    def pause(self, request: "HttpRequest", campaign: Campaign) -> None:
        actions.pause_campaign(campaign=campaign)
        messages.success(
            request, _("The campaign does not run. Messages on their way wait until it is started.")
        )

    @action(description=gettext_lazy("Save and send a test to me"), permissions=["change"])  # type: ignore[untyped-decorator]
    def send_test(self, request: "HttpRequest", campaign: Campaign) -> None:
        version, to = current_version(campaign), actor_of(request)
        for language in plan_of(version).texts:
            try:
                actions.send_test(version=version, language=language, to=to, now=timezone.now())
            except actions.UnableToSendTest as error:
                answer = error.facts.get("answer", error.key)
                messages.error(request, _("The test could not be sent: %(answer)s") % {"answer": answer})
                return
        messages.success(request, _("A test in every language is on its way to %(to)s.") % {"to": to})

    @action(description=gettext_lazy("Preview"), permissions=["view"], url_path="preview")  # type: ignore[untyped-decorator]
    def preview(self, request: "HttpRequest", object_id: str) -> "HttpResponse":
        campaign = get_object_or_404(Campaign, pk=object_id)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Preview of %(campaign)s") % {"campaign": campaign},
            "opts": self.opts,
            "original": campaign,
            "letters": letters_of(campaign, to=actor_of(request)),
        }
        return render(request, "campaigns/admin/preview.html", context)


def lines_of(trigger: Trigger) -> SafeString:
    lines = [(f"{{{{{variable.key}}}}}", variable.label) for variable in trigger.variables]
    return format_html_join("", "<p><code>{}</code> {}</p>", lines)


def letters_of(campaign: Campaign, *, to: str) -> list[dict[str, object]]:
    """Return the letter in each language, as an invented member would get it."""
    version = current_version(campaign)
    names = dict(settings.LANGUAGES)
    return [
        {
            "language": names.get(language, language),
            "letter": example_letter(
                version=version, wording=wording, language=language, to=to, now=timezone.now()
            ),
        }
        for language, wording in plan_of(version).texts.items()
    ]


def free_key(name: str) -> str:
    """Return a key made of the name that no campaign has yet."""
    stem = slugify(name)[:30] or "campaign"
    taken = set(Campaign.objects.filter(key__startswith=stem).values_list("key", flat=True))
    numbered = (stem if number == 1 else f"{stem}-{number}" for number in count(1))
    return next(key for key in numbered if key not in taken)
