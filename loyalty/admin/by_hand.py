"""What staff do by hand: a form with a reason, one action, and a message that says what changed."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty import actions, queries
from loyalty.admin.forms import AdjustForm, FoundReceiptForm, ReopenForm, TierForm
from loyalty.models import Voucher
from members.actions import UnableTo
from members.admin.base import actor_of
from members.admin.deeds import ReasonForm, deed_page, refused
from members.models import Account, Member

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin
    from django.http import HttpRequest, HttpResponse

REFUSALS = {
    "reason_is_missing": gettext_lazy("Say why: the reason stays in the ledger."),
    "amount_is_zero": gettext_lazy("Zero changes nothing. Write a number above or below zero."),
    "no_such_meter": gettext_lazy("The programme in force no longer has this meter. Reload the page."),
    "not_enough": gettext_lazy(
        "There is not that much to take: %(available)s can be used. Take less, or wait until what is pending is usable."
    ),
    "no_run_to_reopen": gettext_lazy("The programme in force no longer has this run. Reload the page."),
    "run_has_not_been": gettext_lazy("That run has not been yet. Choose an earlier day."),
    "account_is_closed": gettext_lazy("The membership has ended, so nothing can be settled again."),
    "no_such_tier": gettext_lazy("The programme in force no longer has this tier. Reload the page."),
    "receipt_is_too_old": gettext_lazy(
        "The programme lets a purchase be registered for %(days)s days, and this one is older."
    ),
    "claimed_by_members_only": gettext_lazy(
        "The programme lets only members themselves register a purchase, on their own page."
    ),
    "order_belongs_to_another_member": gettext_lazy("Somebody else has the purchase already."),
    "order_is_cancelled": gettext_lazy("The purchase was cancelled, so it gives nothing."),
    "member_is_closed": gettext_lazy("The membership has ended, so nothing can be registered on it."),
    "voucher_is_not_open": gettext_lazy(
        "The check is already used, lapsed or cancelled, so nothing was changed."
    ),
}


def sentence(error: UnableTo) -> str:
    facts = dict(error.facts)
    if "available" in facts:
        facts["available"] = queries.amount_of(str(facts["meter"]), int(str(facts["available"])))
    return refused(error, REFUSALS, facts)


def adjust_points(admin: "ModelAdmin[Any]", request: "HttpRequest", account_id: int) -> "HttpResponse":
    member = _member(request, account_id, "loyalty.add_entry")
    now = timezone.now()
    form = AdjustForm(request.POST or None, readings=queries.points(member.account_id, now))

    def adjust() -> str:
        meter, amount = form.cleaned_data["meter"], form.change()
        actions.adjust_points(
            account=member.account,
            meter=meter,
            amount=amount,
            reason=form.cleaned_data["reason"],
            actor=actor_of(request),
            now=now,
        )
        return _("%(member)s: %(change)s. The ledger says why.") % {
            "member": member, "change": queries.amount_of(meter, amount),
        }  # fmt: skip

    return deed_page(
        admin,
        request,
        form,
        adjust,
        title=_("Adjust points"),
        about=member,
        back=_page_of(member),
        preview=form.preview() if form.is_valid() else None,
        explain=sentence,
        missing=""
        if form.readings
        else _("No programme is published, so there are no points to adjust yet."),
    )


def set_tier(admin: "ModelAdmin[Any]", request: "HttpRequest", account_id: int) -> "HttpResponse":
    member = _member(request, account_id, "loyalty.add_tierchange")
    now = timezone.now()
    form = TierForm(request.POST or None, programme=queries.programme_at(now))

    def give() -> str:
        facts = form.cleaned_data
        actions.set_tier(
            account=member.account,
            **form.chosen(),
            reason=facts["reason"],
            actor=actor_of(request),
            now=now,
        )
        return _("%(member)s has the tier now. The reason is kept with it.") % {"member": member}

    return deed_page(
        admin,
        request,
        form,
        give,
        title=_("Set tier"),
        about=member,
        back=_page_of(member),
        preview=form.preview() if form.is_valid() else None,
        explain=sentence,
        missing="" if form.tiers else _("The programme in force has no tiers."),
    )


def reopen_run(admin: "ModelAdmin[Any]", request: "HttpRequest", account_id: int) -> "HttpResponse":
    member = _member(request, account_id, "loyalty.add_entry")
    now = timezone.now()
    form = ReopenForm(request.POST or None, account=member.account, now=now)

    def reopen() -> str:
        facts = form.cleaned_data
        is_changed = actions.reopen_run(account=member.account, **facts, actor=actor_of(request), now=now)
        if not is_changed:
            return _("It came to the same, so nothing was changed.")
        return _("%(member)s: the run is settled again. The checks and the ledger say why.") % {
            "member": member
        }

    return deed_page(
        admin,
        request,
        form,
        reopen,
        title=_("Settle a run again"),
        about=member,
        back=_page_of(member),
        preview=form.preview() if form.is_valid() else None,
        explain=sentence,
        missing="" if form.runs else _("The programme in force has no runs that can be settled again."),
    )


def register_receipt(admin: "ModelAdmin[Any]", request: "HttpRequest", account_id: int) -> "HttpResponse":
    member = _member(request, account_id, "loyalty.add_entry")
    form = FoundReceiptForm(request.POST or None)

    def register() -> str:
        outcome = actions.claim_order(
            order=form.found(), member=member, actor=actor_of(request), now=timezone.now()
        )
        given = [queries.amount_of(meter, amount) for meter, amount in outcome.earned.items()]
        return _("%(member)s has the purchase now: %(given)s.") % {
            "member": member, "given": ", ".join(given) or _("no points"),
        }  # fmt: skip

    return deed_page(
        admin,
        request,
        form,
        register,
        title=_("Register a purchase"),
        about=member,
        back=_page_of(member),
        preview=form.preview(member) if form.is_valid() else None,
        explain=sentence,
    )


def cancel_voucher(admin: "ModelAdmin[Any]", request: "HttpRequest", pk: object) -> "HttpResponse":
    if not request.user.has_perm("loyalty.change_voucher"):
        raise PermissionDenied
    voucher = get_object_or_404(Voucher.objects.select_related("account"), pk=pk)
    form = ReasonForm(request.POST or None)

    def cancel() -> str:
        actions.cancel_voucher(
            voucher=voucher, reason=form.cleaned_data["reason"], actor=actor_of(request), now=timezone.now()
        )
        return _("The check %(code)s is cancelled and can no longer be used.") % {"code": voucher.code}

    return deed_page(
        admin,
        request,
        form,
        cancel,
        title=_("Cancel check"),
        about=voucher,
        back=reverse("admin:loyalty_voucher_change", args=[voucher.pk]),
        preview=[(voucher.code, voucher.get_state_display(), _("cancelled"))] if form.is_valid() else None,
        explain=sentence,
    )


def _member(request: "HttpRequest", account_id: int, permission: str) -> Member:
    """The first member of the account: the one whose page led here."""
    if not request.user.has_perm(permission):
        raise PermissionDenied
    account = get_object_or_404(Account, pk=account_id)
    member = Member.objects.select_related("account").filter(account=account).order_by("pk").first()
    return member or Member(account=account, number=str(account))


def _page_of(member: Member) -> str:
    return (
        reverse("admin:members_member_change", args=[member.pk])
        if member.pk
        else reverse("admin:members_member_changelist")
    )
