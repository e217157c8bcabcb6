"""Inviting somebody to share an account."""

from django import forms
from django.utils.translation import gettext_lazy as _


class InviteForm(forms.Form):
    first_name = forms.CharField(label=_("First name"), max_length=80, required=False)
    email = forms.EmailField(label=_("E-mail"))
