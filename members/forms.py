"""What members fill in about themselves."""

from dataclasses import dataclass
from typing import Any

from allauth.account.forms import RequestLoginCodeForm
from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from members.actions.logins import ensure_login
from members.models import Consent, Member

# Stored with every answer. Give it a new date whenever a text below changes.
WORDING = "member-pages-2026-01"


@dataclass(frozen=True)
class Choice:
    """One thing a member may agree to or not, and what exactly is asked."""

    name: str
    purpose: str
    channel: str
    label: str | Promise
    explanation: str | Promise


CHOICES = (
    Choice(
        "marketing_email",
        Consent.Purpose.MARKETING,
        Consent.Channel.EMAIL,
        _("Send me offers and news by e-mail"),
        _("You can say no again in every mail."),
    ),
    Choice(
        "marketing_sms",
        Consent.Purpose.MARKETING,
        Consent.Channel.SMS,
        _("Send me offers and news by text message"),
        _("Needs your mobile number. You can say no again whenever you like."),
    ),
    Choice(
        "profiling",
        Consent.Purpose.PROFILING,
        Consent.Channel.ANY,
        _("Use my purchases to choose offers for me"),
        _("You earn and use points just the same if you say no."),
    ),
    Choice(
        "tracking",
        Consent.Purpose.TRACKING,
        Consent.Channel.ANY,
        _("Measure whether I open mails and follow links"),
        _("Helps us send less of what nobody reads."),
    ),
)


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d", attrs={"autocomplete": "bday"})


def phone_field() -> PhoneNumberField:
    field = PhoneNumberField(
        label=_("Mobile number"),
        required=False,
        error_messages={"invalid": _("This is not a phone number. Write it like 070 123 45 67.")},
    )
    field.widget.attrs["autocomplete"] = "tel"
    return field


def birth_date_field() -> forms.DateField:
    return forms.DateField(
        label=_("Birth date"),
        required=False,
        widget=DateInput(),
        help_text=_("For a greeting on your birthday."),
        error_messages={"invalid": _("Write the date like 1984-05-17.")},
    )


def first_name_field() -> forms.CharField:
    return forms.CharField(
        label=_("First name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )


class BirthDateIsPast(forms.Form):
    def clean_birth_date(self) -> Any:
        birth_date = self.cleaned_data["birth_date"]
        if birth_date and not 0 <= timezone.localdate().year - birth_date.year <= 120:
            raise forms.ValidationError(_("Look at the year again."))
        if birth_date and birth_date > timezone.localdate():
            raise forms.ValidationError(_("This day has not come yet."))
        return birth_date


class RequestCodeForm(RequestLoginCodeForm):
    """Asks for an address. Members whom a shop sent us get their login here, when they first ask."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail address")
        self.fields["email"].widget.attrs.pop("placeholder", None)

    def clean_email(self) -> str:
        ensure_login(email=self.cleaned_data["email"], now=timezone.now())
        return str(super().clean_email())


class JoinForm(BirthDateIsPast, RequestCodeForm):
    """Joining in one screen. Nothing is agreed to unless its own box is ticked."""

    first_name = first_name_field()
    # Not "phone": the login pages would take a field of that name for another way to log in.
    mobile = phone_field()
    birth_date = birth_date_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for choice in CHOICES:
            self.fields[choice.name] = forms.BooleanField(
                label=str(choice.label), help_text=str(choice.explanation), required=False
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("marketing_sms") and not cleaned.get("mobile") and "mobile" not in self.errors:
            self.add_error("mobile", _("Text messages need your mobile number."))
        return cleaned

    @property
    def more_fields(self) -> list[forms.BoundField]:
        return [self["mobile"], self["birth_date"]]

    @property
    def consent_fields(self) -> list[forms.BoundField]:
        return [self[choice.name] for choice in CHOICES]

    def choices_ticked(self) -> list[Choice]:
        return [choice for choice in CHOICES if self.cleaned_data[choice.name]]


class DetailsForm(BirthDateIsPast):
    """The address is changed elsewhere: its owner has to prove it first."""

    first_name = first_name_field()
    last_name = forms.CharField(
        label=_("Last name"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )
    phone = phone_field()
    birth_date = birth_date_field()
    street = forms.CharField(
        label=_("Street and number"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    postal_code = forms.CharField(
        label=_("Postal code"),
        max_length=12,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code"}),
    )
    city = forms.CharField(
        label=_("City"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
    )

    @classmethod
    def of(cls, member: Member) -> "DetailsForm":
        return cls(initial={name: getattr(member, name) for name in cls.base_fields})


class EraseForm(forms.Form):
    is_sure = forms.BooleanField(
        label=_("Yes, erase everything about me"),
        error_messages={"required": _("Tick the box if you are sure.")},
    )


class CloseForm(forms.Form):
    is_sure = forms.BooleanField(
        label=_("Yes, close my membership"),
        error_messages={"required": _("Tick the box if you are sure.")},
    )
