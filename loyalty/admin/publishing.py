"""How a programme comes to be: a draft from a preset or from the version before it, then published."""

from collections.abc import Callable, Mapping
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminSingleDateWidget, UnfoldAdminTextInputWidget

from loyalty import actions, queries
from loyalty.forms.mistakes import in_words
from loyalty.forms.presets import preset_words
from loyalty.models import ProgrammeVersion
from loyalty.queries.findings import findings_of
from loyalty.queries.presets import preset, preset_keys
from loyalty.queries.scenarios import replays_of
from members.actions import UnableTo
from members.admin.base import actor_of
from members.admin.deeds import deed_page, refused

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin
    from django.http import HttpRequest, HttpResponse

REFUSALS = {
    "name_is_taken": gettext_lazy("There already is a version called %(name)s. Choose another name."),
    "programme_is_not_valid": gettext_lazy("The programme does not fit together yet: %(errors)s"),
    "scenario_comes_out_otherwise": gettext_lazy(
        "The scenario “%(scenario)s” comes out otherwise: %(errors)s. Change the draft, or remove the scenario."
    ),
    "version_is_not_a_draft": gettext_lazy(
        "%(version)s is already published. Make a draft of it to change it."
    ),
    "another_version_starts_later": gettext_lazy(
        "%(version)s starts on %(starts)s. Choose a later start for this one."
    ),
    "already_counted_after_that": gettext_lazy(
        "Points have been counted up to %(last)s, and what is counted stays. Choose a later start."
    ),
}


class DraftForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name of the draft"),
        max_length=80,
        widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy("Only staff see it."),
    )


class PresetForm(DraftForm):
    preset = forms.ChoiceField(label=gettext_lazy("Start from"), widget=UnfoldAdminSelectWidget)
    field_order = ("preset", "name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["preset"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = [(key, preset_words(key)) for key in preset_keys()]


class PublishForm(forms.Form):
    first_day = forms.DateField(
        label=gettext_lazy("First day"),
        required=False,
        widget=UnfoldAdminSingleDateWidget,
        help_text=gettext_lazy("Empty: at once. The version before it ends when this one starts."),
    )

    def valid_from(self, now: datetime) -> datetime:
        day = self.cleaned_data["first_day"]
        return timezone.make_aware(datetime.combine(day, time())) if day else now

    def told(self) -> str:
        day = self.cleaned_data["first_day"]
        return _("in force from %(day)s") % {"day": date_format(day)} if day else _("in force at once")


def sentence(error: UnableTo) -> str:
    """Why an action said no, and what to do instead."""
    facts = {
        name: date_format(timezone.localtime(fact), "SHORT_DATETIME_FORMAT")
        if isinstance(fact, datetime)
        else fact
        for name, fact in error.facts.items()
    }
    if isinstance(facts.get("errors"), list):
        facts["errors"] = "; ".join(map(str, error.facts["errors"]))  # type: ignore[call-overload]
    return refused(error, REFUSALS, facts)


def draft_from_preset(admin: "ModelAdmin[Any]", request: "HttpRequest") -> "HttpResponse":
    form = PresetForm(request.POST or None)
    return _draft_page(
        admin,
        request,
        form,
        lambda: preset(form.cleaned_data["preset"]),
        title=_("Start from a preset"),
        about="",
    )


def draft_from_version(admin: "ModelAdmin[Any]", request: "HttpRequest", pk: int) -> "HttpResponse":
    version = get_object_or_404(ProgrammeVersion, pk=pk)
    form = DraftForm(request.POST or None)
    return _draft_page(
        admin,
        request,
        form,
        lambda: queries.document_of(version),
        title=_("Make a draft of this"),
        about=version,
    )


def _draft_page(
    admin: "ModelAdmin[Any]",
    request: "HttpRequest",
    form: DraftForm,
    document: Callable[[], Mapping[str, Any]],
    **said: object,
) -> "HttpResponse":
    """Make a draft of ``document`` and go on to its workbench."""
    _need(request, "loyalty.add_programmeversion")
    drafts: list[ProgrammeVersion] = []

    def start() -> str:
        name = form.cleaned_data["name"]
        drafts.append(actions.import_programme(document=document(), name=name, now=timezone.now()))
        return _("The draft %(name)s is made. Look it through, then publish it.") % {"name": name}

    return deed_page(
        admin,
        request,
        form,
        start,
        back=reverse("admin:loyalty_programmeversion_changelist"),
        onward=lambda: reverse("admin:loyalty_programmeversion_change", args=[drafts[0].pk]),
        preview=[(form.cleaned_data["name"], "–", _("draft"))] if form.is_valid() else None,
        explain=sentence,
        **said,
    )


def publish(admin: "ModelAdmin[Any]", request: "HttpRequest", pk: int) -> "HttpResponse":
    _need(request, "loyalty.change_programmeversion")
    version = get_object_or_404(ProgrammeVersion, pk=pk)
    form, now = PublishForm(request.POST or None), timezone.now()

    def freeze() -> str:
        start = form.valid_from(now)
        actions.publish_version(version=version, valid_from=start, now=now, actor=actor_of(request))
        return _("%(name)s is published.") % {"name": version}

    state = version.get_state_display()
    return deed_page(
        admin,
        request,
        form,
        freeze,
        title=_("Publish"),
        about=version,
        back=reverse("admin:loyalty_programmeversion_change", args=[version.pk]),
        preview=[(version.name, state, form.told())] if form.is_valid() else None,
        explain=sentence,
        warning=_before_publishing(version),
    )


def _before_publishing(version: ProgrammeVersion) -> str:
    """What to know before it is too late: everything that was found, and that there is no way back."""
    last_word = _("Once published it can no longer be changed, only followed by another version.")
    document = queries.document_of(version)
    findings = findings_of(document)
    told = [in_words(one.message) for one in findings]
    if not any(one.is_error for one in findings):
        replays = replays_of(version, document)
        told += [f"{replay.scenario}: {one}" for replay in replays for one in replay.differences]
    return format_html("{}{}", last_word, format_html_join("", "<br>{}", ((one,) for one in told)))


def _need(request: "HttpRequest", permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied
