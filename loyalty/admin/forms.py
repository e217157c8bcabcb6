"""Forms for what staff do by hand. Each knows how to say beforehand what it would change."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextInputWidget,
)

from loyalty import queries
from loyalty.engine.errors import Refused
from loyalty.models import TierChange
from loyalty.queries.reopening import Reopening, reopenable_runs, reopening_of
from members.actions import UnableToClaimOrder
from members.admin.deeds import Preview, ReasonForm
from members.models import Account, Member, Order

if TYPE_CHECKING:
    from loyalty.engine.programme import Programme
    from loyalty.queries import MeterReading


class AdjustForm(ReasonForm):
    """Points to give or take, in whole units as people count them."""

    meter = forms.ChoiceField(label=gettext_lazy("What"), widget=UnfoldAdminSelectWidget)
    amount = forms.DecimalField(
        label=gettext_lazy("Amount"),
        max_digits=12,
        widget=UnfoldAdminDecimalFieldWidget(attrs={"step": "any", "inputmode": "text"}),
        help_text=gettext_lazy("Below zero takes away: −200 takes 200."),
    )
    field_order = ("meter", "amount", "reason")

    def __init__(self, *args: Any, readings: Sequence["MeterReading"], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.readings = {reading.meter: reading for reading in readings}
        self.meter_field().choices = [(key, queries.name_of("meters", key)) for key in self.readings]

    def meter_field(self) -> forms.ChoiceField:
        field = self.fields["meter"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        return field

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or self.cleaned_data
        reading, amount = self.readings.get(facts.get("meter", "")), facts.get("amount")
        if reading is None or amount is None:
            return facts
        if not amount:
            self.add_error("amount", _("Zero changes nothing. Write a number above or below zero."))
        elif amount * reading.unit % 1:
            self.add_error("amount", _("This is counted in whole numbers. Leave out the decimals."))
        elif -amount * reading.unit > reading.available:
            has = queries.amount_of(reading.meter, reading.available)
            self.add_error("amount", _("Only %(has)s can be taken.") % {"has": has})
        return facts

    def change(self) -> int:
        """The amount in the smallest part of its meter."""
        return int(self.cleaned_data["amount"] * self.readings[self.cleaned_data["meter"]].unit)

    def preview(self) -> Preview:
        reading = self.readings[self.cleaned_data["meter"]]
        after = reading.balance + self.change()
        return [
            (
                queries.name_of("meters", reading.meter),
                queries.amount_of(reading.meter, reading.balance),
                queries.amount_of(reading.meter, after),
            )
        ]


class TierForm(ReasonForm):
    """A tier given as a floor until a last day."""

    tier = forms.ChoiceField(label=gettext_lazy("Tier"), widget=UnfoldAdminSelectWidget)
    last_day = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        widget=UnfoldAdminSingleDateWidget,
        help_text=gettext_lazy("Until then the member cannot fall below it. Empty: for good."),
    )
    origin = forms.ChoiceField(
        label=gettext_lazy("How it comes about"),
        choices=[one for one in TierChange.Origin.choices if one[0] != TierChange.Origin.EARNED],
        initial=TierChange.Origin.MANUAL,
        widget=UnfoldAdminSelectWidget,
        help_text=gettext_lazy("Some rights may be only for who has earned the tier."),
    )
    field_order = ("tier", "origin", "last_day", "reason")

    def __init__(self, *args: Any, programme: "Programme | None", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ladders = programme.ladders if programme else ()
        self.tiers = {
            f"{ladder.key}/{tier.key}": queries.name_of("tiers", tier.key)
            for ladder in ladders
            for tier in ladder.tiers
        }
        field = self.fields["tier"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = list(self.tiers.items())

    def clean_last_day(self) -> Any:
        day = self.cleaned_data["last_day"]
        if day and day < timezone.localdate():
            raise forms.ValidationError(_("This day has passed. Choose today or later."))
        return day

    def chosen(self) -> dict[str, Any]:
        """``ladder``, ``tier``, ``origin`` and ``valid_to``: midnight after the last day."""
        ladder, _slash, tier = self.cleaned_data["tier"].partition("/")
        day = self.cleaned_data["last_day"]
        end = timezone.make_aware(datetime.combine(day + timedelta(days=1), time())) if day else None
        return {"ladder": ladder, "tier": tier, "valid_to": end, "origin": self.cleaned_data["origin"]}

    def preview(self) -> Preview:
        day = self.cleaned_data["last_day"]
        until = date_format(day) if day else _("for good")
        return [(_("Tier"), self.tiers[self.cleaned_data["tier"]], until)]


class FoundReceiptForm(forms.Form):
    """A purchase without a member, as it stands on its receipt."""

    number = forms.CharField(
        label=gettext_lazy("Number of the receipt or order"), max_length=64, widget=UnfoldAdminTextInputWidget
    )
    bought_on = forms.DateField(label=gettext_lazy("Day of the purchase"), widget=UnfoldAdminSingleDateWidget)

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or self.cleaned_data
        if "number" in facts and "bought_on" in facts and self._order() is None:
            self.add_error("number", _("There is no such purchase on that day. Check both."))
        return facts

    def found(self) -> Order:
        """The purchase that the form names, once it is valid."""
        order = self._order()
        if order is None:
            raise UnableToClaimOrder("no_such_receipt")
        return order

    def preview(self, member: Member) -> Preview:
        order = self.found()
        day = date_format(timezone.localtime(order.placed_at), "SHORT_DATETIME_FORMAT")
        told = _("%(number)s, %(day)s, %(paid)s") % {
            "number": order.number, "day": day, "paid": queries.money(order.paid_ore),
        }  # fmt: skip
        return [(told, str(order.member or _("no member")), str(member))]

    def _order(self) -> Order | None:
        day = self.cleaned_data["bought_on"]
        start = timezone.make_aware(datetime.combine(day, time.min))
        rows = Order.objects.filter(placed_at__gte=start, placed_at__lt=start + timedelta(days=1, hours=1))
        same = [
            one
            for one in rows.filter(number=self.cleaned_data["number"].strip()).select_related("member")
            if timezone.localtime(one.placed_at).date() == day
        ]
        return next(iter(sorted(same, key=lambda one: one.member_id is not None)), None)


class ReopenForm(ReasonForm):
    """A run that settled wrongly, by its conversion and its day."""

    conversion = forms.ChoiceField(label=gettext_lazy("What was settled"), widget=UnfoldAdminSelectWidget)
    day = forms.DateField(
        label=gettext_lazy("Day of the run"),
        widget=UnfoldAdminSingleDateWidget,
        help_text=gettext_lazy("The day on which it was read, like 2025-03-31."),
    )
    field_order = ("conversion", "day", "reason")

    def __init__(self, *args: Any, account: Account, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account, self.now = account, now
        self.reopening: Reopening | None = None
        self.runs = {key: queries.name_of("conversions", key) for key in reopenable_runs(now)}
        field = self.fields["conversion"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = list(self.runs.items())

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or self.cleaned_data
        if "conversion" not in facts or "day" not in facts:
            return facts
        try:
            self.reopening = reopening_of(self.account, facts["conversion"], facts["day"], self.now)
        except Refused as refused:
            told = _("The membership has ended, so nothing can be settled again.")
            if refused.key == "run_has_not_been":
                told = _("That run has not been yet. Choose an earlier day.")
            self.add_error("day", told)
        return facts

    def preview(self) -> Preview:
        found = self.reopening or Reopening(0, 0)
        name = self.runs[self.cleaned_data["conversion"]]
        return [(name, queries.money(found.before_ore), queries.money(found.after_ore))]
