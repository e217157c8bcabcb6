"""The member's own pages about who they are and what they have agreed to."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec

import segno
from allauth.account.views import RequestLoginCodeView
from allauth.core import ratelimit
from barcode import Code128
from barcode.writer import SVGWriter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members import actions
from members.actions.logins import ensure_login
from members.api.sentences import sentence_of
from members.forms import CHOICES, WORDING, Choice, CloseForm, DetailsForm, EraseForm, JoinForm
from members.models import Consent, Member
from members.tasks import nudge_delivery

P = ParamSpec("P")
MemberView = Callable[Concatenate[HttpRequest, Member, P], HttpResponse]
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

FROM_HERE = "member pages"
# Refusals of a floor above, which has told their sentences.
NOT_LET_IN = ("too_young", "too_old", "staff_are_excluded", "is_a_member_already")


def for_members(view: MemberView[P]) -> View[P]:
    """Call ``view`` with the member whose login this is. Others are told why they see nothing."""

    @never_cache
    @login_required
    @wraps(view)
    def page(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        member = member_of(request)
        if member is None:
            return render(request, "members/no_membership.html", status=403)
        return view(request, member, *args, **kwargs)

    return page


def member_of(request: HttpRequest) -> Member | None:
    """The active member who is logged in."""
    member: Member | None = getattr(request.user, "member", None)
    return member if member is not None and member.state == Member.State.ACTIVE else None


class JoinView(RequestLoginCodeView):
    """Join in one screen, then prove the address with a mailed code.

    Someone who is a member already gets the same answer, and nothing about them is changed.
    """

    template_name = "members/join.html"

    def get_form_class(self) -> type[JoinForm]:
        return JoinForm

    def form_valid(self, form: JoinForm) -> HttpResponse:
        limited: HttpResponse | None = ratelimit.consume_or_429(self.request, action="signup")
        if limited is not None:
            return limited
        try:
            join(form, now=timezone.now())
        except actions.UnableToJoin as error:
            form.add_error("mobile" if field_of(error) == "phone" else field_of(error), sentence(error))
            refused: HttpResponse = self.form_invalid(form)
            return refused
        asked: HttpResponse = super().form_valid(form)
        return asked


def join(form: JoinForm, *, now: datetime) -> None:
    facts = form.cleaned_data
    actions.join_member(
        email=facts["email"],
        first_name=facts["first_name"],
        phone=str(facts["mobile"] or ""),
        birth_date=facts["birth_date"],
        language=translation.get_language() or settings.LANGUAGE_CODE,
        consents=[agreed(choice) for choice in form.choices_ticked()],
        origin=FROM_HERE,
        actor="new member",
        now=now,
    )
    nudge_delivery()
    form._user = ensure_login(email=facts["email"], now=now)


def agreed(choice: Choice) -> actions.ConsentAnswer:
    return actions.ConsentAnswer(
        purpose=choice.purpose, channel=choice.channel, is_given=True, wording=WORDING
    )


def field_of(error: actions.UnableTo) -> str | None:
    return next((name for name in ("email", "phone", "birth_date") if error.key.startswith(name)), None)


def sentence(error: actions.UnableTo) -> str:
    """What the member reads about a refusal; the keys that a form lets through."""
    sentences = {
        "email_is_not_valid": _("This is not an e-mail address. Write it like name@example.com."),
        "birth_date_is_not_valid": _("Look at the date again."),
        "phone_is_not_valid": _("This is not a phone number. Write it like 070 123 45 67."),
    }
    if error.key in NOT_LET_IN:
        return sentence_of(error.key, error.facts)
    return sentences.get(error.key, _("That did not work, and nothing was changed. Please try again."))


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def details(request: HttpRequest, member: Member) -> HttpResponse:
    form = DetailsForm(request.POST) if request.method == "POST" else DetailsForm.of(member)
    if form.is_valid() and has_saved(form, member):
        messages.success(request, _("Saved."))
        return redirect("details")
    return render(request, "members/details.html", {"form": form, "member": member})


def has_saved(form: DetailsForm, member: Member) -> bool:
    facts = {**form.cleaned_data, "phone": str(form.cleaned_data["phone"] or "")}
    try:
        actions.update_member(member=member, **facts, actor=name_of(member), now=timezone.now())
    except actions.UnableToUpdateMember as error:
        form.add_error(field_of(error), sentence(error))
    return form.is_valid()


def name_of(member: Member) -> str:
    """How the records name a member who did something on their own pages."""
    return f"member {member.number}"


@dataclass(frozen=True)
class Answer:
    """A choice, and the member's latest answer to it."""

    choice: Choice
    consent: Consent | None

    @property
    def is_given(self) -> bool:
        return self.consent is not None and self.consent.is_given


def answers_of(member: Member) -> list[Answer]:
    """The answer that holds for each choice; one about all channels is about each channel too."""
    rows = list(member.consents.order_by("-given_at", "-id"))
    return [Answer(choice, next((row for row in rows if is_about(choice, row)), None)) for choice in CHOICES]


def is_about(choice: Choice, row: Consent) -> bool:
    return row.purpose == choice.purpose and row.channel in (choice.channel, Consent.Channel.ANY)


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def consents(request: HttpRequest, member: Member) -> HttpResponse:
    if request.method == "POST":
        return answer(request, member)
    return render(request, "members/consents.html", {"answers": answers_of(member), "member": member})


def answer(request: HttpRequest, member: Member) -> HttpResponse:
    choice = next((one for one in CHOICES if one.name == request.POST.get("choice")), None)
    if choice is None or request.POST.get("answer") not in ("yes", "no"):
        messages.error(request, _("Choose one of the buttons below. Nothing was changed."))
        return redirect("consents")
    is_given = request.POST["answer"] == "yes"
    change = actions.give_consent if is_given else actions.withdraw_consent
    change(
        member=member,
        purpose=choice.purpose,
        channel=choice.channel,
        wording=WORDING,
        origin=FROM_HERE,
        actor=name_of(member),
        now=timezone.now(),
    )
    messages.success(
        request, _("Thank you, we have noted your yes.") if is_given else _("We have noted your no.")
    )
    return redirect("consents")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Speak another language from now on, to a member in their mails too."""
    wanted, back = request.POST.get("language", ""), request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    response = redirect(back if is_ours else "home")
    if wanted not in dict(settings.LANGUAGES):
        messages.error(request, _("We do not speak that language yet."))
        return response
    remember_language(response, wanted)
    member = member_of(request)
    if member is not None:
        actions.update_member(member=member, language=wanted, actor=name_of(member), now=timezone.now())
    return response


def remember_language(response: HttpResponse, code: str) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=365 * 24 * 3600,
        secure=settings.HTTPS_ONLY,
        httponly=True,
        samesite="Lax",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def close_membership(request: HttpRequest, member: Member) -> HttpResponse:
    form = CloseForm(request.POST or None)
    if form.is_valid():
        actions.close_member(
            member=member, reason="asked on the member pages", actor=name_of(member), now=timezone.now()
        )
        logout(request)
        messages.success(request, _("Your membership is closed. You are welcome back whenever you like."))
        return redirect("home")
    return render(request, "members/close.html", {"form": form, "member": member})


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def erase_membership(request: HttpRequest, member: Member) -> HttpResponse:
    form = EraseForm(request.POST or None)
    if form.is_valid():
        actions.erase_member(
            member=member, reason="asked on the member pages", actor=name_of(member), now=timezone.now()
        )
        logout(request)
        messages.success(request, _("You have left the club, and everything about you is erased."))
        return redirect("home")
    return render(request, "members/erase.html", {"form": form, "member": member})


@require_safe
@for_members
@cache_control(private=True, max_age=3600)
def card_qr(request: HttpRequest, member: Member) -> HttpResponse:
    return qr_code(member.number)


@require_safe
@for_members
@cache_control(private=True, max_age=3600)
def card_bars(request: HttpRequest, member: Member) -> HttpResponse:
    return bar_code(member.number)


def qr_code(text: str, *, error: str = "m") -> HttpResponse:
    """A QR picture of ``text``, with so much room for ``error`` (l, m, q or h): never Micro QR, which most scanners in shops cannot read."""
    picture = io.BytesIO()
    segno.make_qr(text, error=error).save(picture, kind="svg", scale=8, border=2)
    return svg(picture.getvalue())


def bar_code(text: str) -> HttpResponse:
    """A Code 128 picture of ``text``. Its styles are inline, so a page must show it as an image."""
    picture = io.BytesIO()
    drawing = {"write_text": False, "module_height": 16.0, "quiet_zone": 4.0}
    Code128(text, writer=SVGWriter()).write(picture, options=drawing)
    return svg(picture.getvalue())


def svg(picture: bytes) -> HttpResponse:
    return HttpResponse(picture, content_type="image/svg+xml")
