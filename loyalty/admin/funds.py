"""Funds as staff read them, and the one thing they may do: grant money out of one, with a reason."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from loyalty import actions, queries
from loyalty.models import FundEntry
from loyalty.queries.draws import FundReading, every_fund
from members.actions import UnableTo
from members.admin.base import ReadOnlyAdmin, actor_of, column
from members.admin.deeds import Preview, ReasonForm, deed_page, refused
from members.admin.filters import since

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

REFUSALS = {
    "no_such_fund": _("The programme in force no longer has this fund. Reload the page."),
    "grant_too_small": _("A grant out of this fund is at least %(minimum_ore)s."),
    "grant_too_large": _("A grant out of this fund is at most %(maximum_ore)s."),
    "fund_has_too_little": _("The fund holds %(available_ore)s. Grant less, or wait until there is more."),
}


class GrantForm(ReasonForm):
    """Money out of a fund, in kronor, and to whom."""

    fund = forms.ChoiceField(label=_("Fund"), widget=UnfoldAdminSelectWidget)
    amount = forms.DecimalField(
        label=_("Amount"), min_value=1, max_digits=12, decimal_places=2, widget=UnfoldAdminDecimalFieldWidget
    )
    to = forms.CharField(label=_("To whom"), max_length=120, widget=UnfoldAdminTextInputWidget)
    field_order = ("fund", "amount", "to", "reason")

    def __init__(self, *args: Any, funds: list[FundReading], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.funds = {fund.key: fund for fund in funds}
        field = self.fields["fund"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = [(fund.key, limits_of(fund)) for fund in funds]

    @property
    def ore(self) -> int:
        return int(self.cleaned_data["amount"] * 100)

    def preview(self) -> Preview:
        fund = self.funds[self.cleaned_data["fund"]]
        before, after = queries.money(fund.balance_ore), queries.money(fund.balance_ore - self.ore)
        return [
            (queries.name_of("funds", fund.key), before, after),
            (gettext("To whom"), "–", self.cleaned_data["to"]),
        ]


def limits_of(fund: FundReading) -> str:
    """A fund by name, with what it holds and what a grant may be."""
    parts = [gettext("holds %(sum)s") % {"sum": queries.money(fund.balance_ore)}]
    if fund.grant_min_ore:
        parts.append(gettext("at least %(sum)s a grant") % {"sum": queries.money(fund.grant_min_ore)})
    if fund.grant_max_ore:
        parts.append(gettext("at most %(sum)s a grant") % {"sum": queries.money(fund.grant_max_ore)})
    return f"{queries.name_of('funds', fund.key)} ({', '.join(parts)})"


@admin.register(FundEntry)
class FundEntryAdmin(ReadOnlyAdmin):
    list_display = ("effective_at", "named", "counted", "why", "order", "actor")
    list_display_links = ("effective_at",)
    list_select_related = ("order",)
    list_filter = (since("effective_at", _("happened")),)
    list_before_template = "admin/loyalty/fundentry/funds.html"
    readonly_fields = ("named", "counted", "why")
    fields = ("named", "counted", "why", "order", "actor", "effective_at", "recorded_at", "rule", "because")

    def get_urls(self) -> "list[URLPattern]":
        page = self.admin_site.admin_view(self.grant)
        return [path("grant/", page, name="loyalty_fundentry_grant"), *super().get_urls()]

    def changelist_view(self, request: "HttpRequest", extra_context: Any = None) -> "HttpResponse":
        facts = {**(extra_context or {}), "funds": every_fund(timezone.now())}
        page: HttpResponse = super().changelist_view(request, facts)
        return page

    def grant(self, request: "HttpRequest") -> "HttpResponse":
        if not request.user.has_perm("loyalty.add_fundentry"):
            raise PermissionDenied
        now = timezone.now()
        form = GrantForm(request.POST or None, funds=every_fund(now))

        def give() -> str:
            facts = form.cleaned_data
            actions.grant(
                fund=facts["fund"],
                amount_ore=form.ore,
                to=facts["to"],
                reason=facts["reason"],
                actor=actor_of(request),
                now=now,
            )
            return gettext("%(sum)s granted to %(to)s.") % {"sum": queries.money(form.ore), "to": facts["to"]}

        return deed_page(
            self,
            request,
            form,
            give,
            title=_("Grant money"),
            about="",
            back=reverse("admin:loyalty_fundentry_changelist"),
            preview=form.preview() if form.is_valid() else None,
            explain=explained,
            missing="" if form.funds else _("The programme in force has no funds."),
        )

    @column(_("fund"))
    def named(self, entry: FundEntry) -> str:
        return queries.name_of("funds", entry.fund)

    @column(_("amount"))
    def counted(self, entry: FundEntry) -> str:
        return queries.money(entry.amount_ore)

    @column(_("because"))
    def why(self, entry: FundEntry) -> str:
        return queries.explain(entry.because)


def explained(error: UnableTo) -> str:
    money = {name: queries.money(int(str(ore))) for name, ore in error.facts.items() if name.endswith("_ore")}
    return refused(error, REFUSALS, money)
