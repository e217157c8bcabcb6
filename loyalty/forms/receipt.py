"""A purchase that was made without the membership, as whoever registers it knows it."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.forms import DateInput


class ReceiptForm(forms.Form):
    """All three stand on the receipt; only together do they find it."""

    number = forms.CharField(label=_("Number of the receipt or order"), max_length=64, strip=True)
    bought_on = forms.DateField(label=_("Day of the purchase"), widget=DateInput())
    paid = forms.DecimalField(
        label=_("What you paid"),
        help_text=_("The sum of the whole receipt, as 249.50."),
        min_value=0,
        max_digits=9,
        decimal_places=2,
        localize=True,
    )

    def clean_bought_on(self) -> Any:
        day = self.cleaned_data["bought_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day has not come yet."))
        return day

    def facts(self) -> dict[str, Any]:
        """What the action asks for; money in öre."""
        told = self.cleaned_data
        return {
            "number": told["number"],
            "bought_on": told["bought_on"],
            "paid_ore": int(told["paid"] * 100),
        }
