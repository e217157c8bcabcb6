"""A purchase as somebody at a till types it."""

import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from members.actions import NewLine, NewOrder, NewUse
from members.models import Member, Store

LONGEST_NUMBER = 20


def new_number() -> str:
    """Made when the form is first shown, so that a doubled click is one purchase."""
    return f"T{secrets.token_hex(5)}"


class ScanForm(forms.Form):
    q = forms.CharField(
        label=_("Card, name, e-mail or phone"),
        max_length=4000,
        required=False,
        widget=forms.TextInput(
            attrs={"autofocus": True, "autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )


class PurchaseForm(forms.Form):
    """``codes`` are the checks that may be ticked. Points are ticked as menu:amount."""

    amount = forms.DecimalField(
        label=_("Amount"),
        help_text=_("What everything costs before any check, as 249.50."),
        min_value=Decimal("0.01"),
        max_digits=9,
        decimal_places=2,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "autofocus": True}),
    )
    store = forms.ModelChoiceField(
        label=_("Store"), queryset=Store.objects.order_by("name"), to_field_name="code", required=False
    )
    number = forms.RegexField(r"^[-A-Za-z0-9]+$", max_length=LONGEST_NUMBER, widget=forms.HiddenInput)
    payable_ore = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, codes: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._codes = codes
        if not Store.objects.exists():
            del self.fields["store"]

    def purchase(self, member: Member, *, source: str, at: datetime) -> NewOrder:
        """One line of the whole amount, with what was ticked."""
        told = self.cleaned_data
        line = NewLine(ref="1", quantity=Decimal(1), gross_ore=int(told["amount"] * 100))
        ticked = set(self._ticked("voucher"))
        return NewOrder(
            source=source,
            number=told["number"],
            placed_at=at,
            lines=(line,),
            member=member,
            store=told.get("store"),
            vouchers=tuple(code for code in self._codes if code in ticked),
            uses=tuple(_uses(self._ticked("use"))),
        )

    def _ticked(self, name: str) -> list[str]:
        return list(self.data.getlist(name)) if isinstance(self.data, QueryDict) else []


def _uses(ticked: Sequence[str]) -> Iterator[NewUse]:
    for one in ticked:
        menu, _colon, amount = one.rpartition(":")
        if menu and amount.isascii() and amount.isdecimal() and len(amount) < LONGEST_NUMBER:
            yield NewUse(menu=menu, amount=int(amount))
