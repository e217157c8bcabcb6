"""Coming to share an account, by a code."""

from django import forms
from django.utils.translation import gettext_lazy as _


class CodeForm(forms.Form):
    code = forms.RegexField(
        r"^[0-9A-Za-z]{4,20}$",
        label=_("The code of the invitation"),
        strip=True,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
