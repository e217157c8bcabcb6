"""The till page, for a shop whose till knows nothing of the club, and what tills did without a network."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesRadioFilter

from loyalty import actions, queries
from loyalty.actions.outcomes import answered_before
from loyalty.forms.till import PurchaseForm, ScanForm, new_number
from loyalty.models import OfflineUse
from loyalty.queries.counter import at_the_counter, proposed
from loyalty.queries.quotes import quote
from loyalty.queries.scanning import MOST_ALIKE, scan
from members.actions import NewOrder, UnableTo
from members.admin.base import ReadOnlyAdmin, actor_of, column
from members.admin.filters import since
from members.api.sentences import sentence_of
from members.models import Member, Order

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

MAY_SELL = "members.add_order"
SOURCE = "console"
STORE = "till_store"
STATE_COLOURS = {"settled": "success", "double": "danger", "refused": "warning"}


@admin.register(OfflineUse)
class OfflineUseAdmin(ReadOnlyAdmin):
    """The report of checks that were used twice is this list, narrowed."""

    empty = gettext_lazy("It fills when a till tells what it did while it had no network.")
    list_display = (
        "used_at", "labelled_state", "code", "member", "store", "given", "booked", "order_key", "first_order_key",
    )  # fmt: skip
    list_display_links = ("used_at",)
    list_select_related = ("member", "store")
    list_filter = (("state", ChoicesRadioFilter), since("told_at", gettext_lazy("told")))
    search_fields = ("code__exact", "number__exact")
    search_help_text = gettext_lazy("Code of the check, or the till's own number")
    ordering = ("-told_at", "-pk")
    readonly_fields = ("given", "booked", "result")
    fields = (
        "code", "member", "store", "state", "result", "given", "booked", "order_key", "first_order_key", "used_at",
        "told_at", "source", "number",
    )  # fmt: skip

    def get_urls(self) -> "list[URLPattern]":
        own = self.admin_site.admin_view
        return [
            path("till/", own(self.find), name="loyalty_till"),
            path("till/<str:number>/", own(self.sell), name="loyalty_till_member"),
            path("till/sold/<uuid:pk>/", own(self.sold), name="loyalty_till_sold"),
            *super().get_urls(),
        ]

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        return lookup == "state__exact" or super().lookup_allowed(lookup, value, request)

    @column(gettext_lazy("state"), STATE_COLOURS)
    def labelled_state(self, use: OfflineUse) -> tuple[str, str]:
        return use.state, use.get_state_display()

    @column(gettext_lazy("taken off by the till"))
    def given(self, use: OfflineUse) -> str:
        return queries.money(use.given_ore)

    @column(gettext_lazy("booked"))
    def booked(self, use: OfflineUse) -> str:
        return queries.money(use.booked_ore)

    @column(gettext_lazy("result"))
    def result(self, use: OfflineUse) -> str:
        return (
            sentence_of(use.reason, {"code": use.code, "order": use.first_order_key}) if use.reason else "–"
        )

    def find(self, request: "HttpRequest") -> "HttpResponse":
        """Who stands there: whoever is the only one is opened at once."""
        _check(request)
        form = ScanForm(request.GET or None)
        told = form.cleaned_data["q"].strip() if form.is_valid() else ""
        found = scan(told, timezone.now()) if told else None
        people = list(found.members) if found else []
        if told and not people and found and found.by in ("phone", "email"):
            people = list(Member.objects.active().matching(told).order_by("pk")[:MOST_ALIKE])
        if len(people) == 1:
            code = f"?check={found.code}" if found and found.code else ""
            return redirect(reverse("admin:loyalty_till_member", args=[people[0].number]) + code)
        page = {"form": form, "told": told, "people": people, "problem": found.problem if found else ""}
        return self._page(request, "find", page, status=404 if told and not people else 200)

    def sell(self, request: "HttpRequest", number: str) -> "HttpResponse":
        """First what the purchase would come to, then, once that is confirmed, the purchase."""
        _check(request)
        member = get_object_or_404(Member.objects.active(), number=number)
        counter = at_the_counter(member, timezone.now())
        form = PurchaseForm(
            request.POST or None,
            codes=[one.code for one in counter.checks],
            initial={"number": new_number(), "store": request.session.get(STORE, "")},
        )
        told: dict[str, Any] = {"ticked": {request.GET.get("check", "")}}
        if form.is_valid():
            cart = form.purchase(member, source=SOURCE, at=timezone.now())
            if "sell" in request.POST and (way := self._record(request, form, cart)):
                return way
            told = _looked_at(form, cart, is_first="look" in request.POST)
        page = {"form": form, "member": member, "counter": counter, **told}
        return self._page(request, "sell", page, status=422 if form.errors else 200)

    def _record(self, request: "HttpRequest", form: PurchaseForm, cart: NewOrder) -> "HttpResponse | None":
        """The way on after a purchase; nothing where it was refused, which the form then tells."""
        order = replace(cart, paid_ore=form.cleaned_data["payable_ore"])
        known = Order.objects.filter(source=SOURCE, number=cart.number, member=cart.member).first()
        if known is not None:
            messages.info(request, _("This purchase is registered already."))
            return redirect("admin:loyalty_till_sold", known.pk)
        try:
            sold = actions.record_order(order=order, now=cart.placed_at, actor=actor_of(request)).order
        except UnableTo as error:
            form.add_error(None, sentence_of(error.key, error.facts))
            return None
        request.session[STORE] = cart.store.code if cart.store else ""
        return redirect("admin:loyalty_till_sold", sold.pk)

    def sold(self, request: "HttpRequest", pk: UUID) -> "HttpResponse":
        """What a purchase gave, and the way to take it back."""
        _check(request)
        orders = Order.objects.select_related("member", "store")
        order = get_object_or_404(orders, pk=pk, source=SOURCE, member__isnull=False)
        if request.method == "POST" and order.state != Order.State.CANCELLED:
            try:
                actions.cancel_order(
                    order=order, cancelled_at=timezone.now(), now=timezone.now(), actor=actor_of(request)
                )
                messages.success(request, _("The purchase was taken back, and what it gave with it."))
            except UnableTo as error:
                messages.error(request, sentence_of(error.key, error.facts))
            return redirect("admin:loyalty_till_sold", order.pk)
        page = {"order": order, "outcome": answered_before(order)}
        if order.member is not None:
            page["counter"] = at_the_counter(order.member, timezone.now())
        return self._page(request, "sold", page)

    def _page(
        self, request: "HttpRequest", name: str, facts: dict[str, Any], *, status: int = 200
    ) -> "HttpResponse":
        page = {**self.admin_site.each_context(request), "title": _("Till"), **facts}
        return render(request, f"admin/loyalty/till/{name}.html", page, status=status)


def _check(request: "HttpRequest") -> None:
    if not request.user.has_perm(MAY_SELL):
        raise PermissionDenied


def _looked_at(form: PurchaseForm, cart: NewOrder, *, is_first: bool) -> dict[str, Any]:
    """What the purchase would come to: at first with what the club proposes, then with what is ticked."""
    if form.errors:
        return {"ticked": set(cart.vouchers)}
    try:
        cart = proposed(cart) if is_first else cart
        found = quote(cart, with_proposal=True)
    except UnableTo as error:
        form.add_error(None, sentence_of(error.key, error.facts))
        return {"ticked": set(cart.vouchers)}
    return {
        "ticked": set(cart.vouchers),
        "used": {f"{one.menu}:{one.amount}" for one in cart.uses},
        "quote": found,
        "offers": [(f"{one.menu}:{one.amount}", one) for one in found.proposal.uses]
        if found.proposal
        else [],
        "why_not": [one for one in found.vouchers if not one.is_usable],
    }
