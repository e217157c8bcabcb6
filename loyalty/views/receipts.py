"""The member's page for a purchase that was made without showing the membership."""

from allauth.core import ratelimit
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from loyalty import actions, queries
from loyalty.engine.claims import LateClaims
from loyalty.forms.receipt import ReceiptForm
from loyalty.views.refusals import refusal
from members.actions import UnableTo
from members.models import Member
from members.tasks import nudge_delivery
from members.views import for_members, name_of


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def register_receipt(request: HttpRequest, member: Member) -> HttpResponse:
    """Only where the programme in force lets members register purchases themselves."""
    claims = claims_by_members()
    if claims is None:
        raise Http404
    form = ReceiptForm(request.POST or None)
    if form.is_valid():
        limited: HttpResponse | None = ratelimit.consume_or_429(request, action="register_receipt")
        if limited is not None:
            return limited
        try:
            outcome = actions.claim_receipt(
                member=member, **form.facts(), actor=name_of(member), now=timezone.now()
            )
        except UnableTo as error:
            form.add_error(None, refusal(error))
        else:
            nudge_delivery()
            messages.success(request, _told(outcome.earned))
            return redirect("my_page")
    page = {"form": form, "deadline": _deadline(claims)}
    return render(request, "loyalty/receipt.html", page, status=422 if form.errors else 200)


def claims_by_members() -> LateClaims | None:
    """How members may register purchases, ``None`` where they may not."""
    programme = queries.recent_timetable().latest(timezone.now())
    return programme.late_claims if programme and "member" in programme.late_claims.by else None


def _deadline(claims: LateClaims) -> str:
    if not claims.days:
        return _("It can be done on the day of the purchase.")
    sentence = ngettext(
        "It can be done for %(days)s day after the purchase.",
        "It can be done for %(days)s days after the purchase.",
        claims.days,
    )
    return sentence % {"days": claims.days}


def _told(earned: object) -> str:
    amounts = dict(earned) if isinstance(earned, dict) else {}
    if not amounts:
        return _("The purchase is yours now. The history says what it gave, or why nothing.")
    given = ", ".join(queries.amount_of(meter, amount) for meter, amount in amounts.items())
    return _("The purchase is yours now: %(given)s.") % {"given": given}
