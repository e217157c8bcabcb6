"""What staff fill in: a campaign with its texts in every language of the club, and addresses."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from campaigns.engine.text import Mistake, Wording
from campaigns.models import Campaign, CampaignVersion, Suppression
from campaigns.queries import Plan, current_version, examine, plan_of, triggers

PARTS = ("subject", "text", "html")
LONGEST_WAIT = 24 * 90


def sentence_of(mistake: Mistake, allowed: tuple[str, ...]) -> str:
    """Say where a text cannot be understood, and what may stand there."""
    place = _("Line %(line)s, column %(column)s:") % {"line": mistake.line, "column": mistake.column}
    listed = ", ".join(f"{{{{{name}}}}}" for name in allowed)
    problem = {
        "unknown_variable": _("there is no variable “%(found)s” in this campaign."),
        "broken_variable": _("“%(found)s” is not a whole variable."),
        "template_code": _("“%(found)s” is program code, which a text cannot hold."),
    }[mistake.key] % {"found": mistake.found}
    return f"{place} {problem} " + _("These can be used: %(listed)s.") % {"listed": listed}


def text_fields() -> Iterator[tuple[str, forms.CharField]]:
    for language, _name in settings.LANGUAGES:
        yield (
            f"subject_{language}",
            forms.CharField(
                label=gettext_lazy("subject"),
                max_length=200,
                required=False,
                widget=UnfoldAdminTextInputWidget(),
            ),
        )
        yield (
            f"text_{language}",
            forms.CharField(
                label=gettext_lazy("plain text"),
                required=False,
                widget=UnfoldAdminTextareaWidget({"rows": 14}),
            ),
        )
        yield (
            f"html_{language}",
            forms.CharField(
                label=gettext_lazy("HTML"),
                required=False,
                widget=UnfoldAdminTextareaWidget({"rows": 8}),
                help_text=gettext_lazy(
                    "Leave it empty and the plain text is shown in the club's dress. Links that are written with"
                    ' data-group="news", or whose address has utm_content=news, are counted as a group, of members who'
                    " have agreed to be measured."
                ),
            ),
        )


def trigger_choices() -> list[tuple[str, Promise]]:
    return [(kind, trigger.label) for kind, trigger in triggers.items()]


class CampaignForm(forms.ModelForm[Campaign]):
    """A campaign and the plan of its newest version. A language counts when it has a subject or a text."""

    trigger = forms.ChoiceField(
        label=gettext_lazy("starts when"), choices=trigger_choices, widget=UnfoldAdminSelectWidget()
    )
    purpose = forms.ChoiceField(
        label=gettext_lazy("purpose"),
        choices=CampaignVersion.Purpose.choices,
        initial=CampaignVersion.Purpose.SERVICE,
        widget=UnfoldAdminRadioSelectWidget(),
        help_text=gettext_lazy("Offers and news go only to members who have said yes to them."),
    )
    wait_hours = forms.IntegerField(
        label=gettext_lazy("hours to wait before it is sent"),
        min_value=0,
        max_value=LONGEST_WAIT,
        initial=0,
        widget=UnfoldAdminIntegerFieldWidget(),
    )

    class Meta:
        model = Campaign
        fields = ("name",)
        widgets = {"name": UnfoldAdminTextInputWidget()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.update(text_fields())
        if self.instance.pk:
            self.fields["trigger"].disabled = True
            self.fields["trigger"].initial = self.instance.trigger
            self.show(plan_of(current_version(self.instance)))

    def show(self, plan: Plan) -> None:
        self.fields["purpose"].initial = plan.purpose
        self.fields["wait_hours"].initial = plan.wait_hours
        for language, wording in plan.texts.items():
            for part in PARTS:
                self.fields[f"{part}_{language}"].initial = getattr(wording, part)

    @property
    def plan(self) -> Plan:
        """What was filled in; valid once the form is."""
        return Plan(
            purpose=self.cleaned_data["purpose"],
            wait_hours=self.cleaned_data["wait_hours"],
            texts=dict(self.filled_in()),
        )

    def filled_in(self) -> Iterator[tuple[str, Wording]]:
        for language, _name in settings.LANGUAGES:
            said = [self.cleaned_data.get(f"{part}_{language}", "").replace("\r\n", "\n") for part in PARTS]
            if any(said):
                yield language, Wording(*said)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        texts = dict(self.filled_in())
        if not texts:
            raise forms.ValidationError(_("Write a subject and a text in at least one language."))
        for language, wording in texts.items():
            self.refuse_gaps(language, wording)
            self.refuse_mistakes(language, wording)
        return cleaned

    def refuse_gaps(self, language: str, wording: Wording) -> None:
        for part in ("subject", "text"):
            if not getattr(wording, part):
                self.add_error(f"{part}_{language}", _("This language has the rest, so it needs this too."))

    def refuse_mistakes(self, language: str, wording: Wording) -> None:
        trigger = triggers.get(self.cleaned_data.get("trigger", ""))
        if trigger is None:
            return
        for part, mistakes in examine(wording, trigger).items():
            sentences = [sentence_of(mistake, trigger.names) for mistake in mistakes]
            self.add_error(f"{part}_{language}", sentences)


class SuppressionForm(forms.ModelForm[Suppression]):
    """An address that staff wants nothing sent to. Only its digest is kept."""

    address = forms.EmailField(label=gettext_lazy("e-mail address"), widget=UnfoldAdminEmailInputWidget())

    class Meta:
        model = Suppression
        fields = ("note",)
        widgets = {"note": UnfoldAdminTextInputWidget()}


def languages_of_texts() -> list[tuple[str, Promise, list[str]]]:
    """Return each language of the club with the names of its three fields."""
    return [
        (language, name, [f"{part}_{language}" for part in PARTS]) for language, name in settings.LANGUAGES
    ]
