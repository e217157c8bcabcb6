"""What members do on their own pages: each is one action, and a message that says what came of it."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from loyalty import actions, queries
from loyalty.engine.programme import Programme
from loyalty.models import Voucher
from loyalty.views.refusals import Unclear, refusal
from members import actions as members
from members.actions import UnableTo
from members.models import Member
from members.tasks import nudge_delivery
from members.views import for_members, name_of

# What is done, by whom and when; answers what the member is told.
Do = Callable[..., str]


def deed(*, back: str) -> Callable[[Do], Callable[..., HttpResponse]]:
    """A POST that does one thing and goes back to the page ``back``, whatever came of it."""

    def of(do: Do) -> Callable[..., HttpResponse]:
        def page(request: HttpRequest, member: Member, /, **named: Any) -> HttpResponse:
            try:
                messages.success(request, do(request, member, timezone.now(), **named))
            except (UnableTo, Unclear) as error:
                messages.error(request, refusal(error))
            else:
                nudge_delivery()
            return redirect(back)

        return require_POST(for_members(page))

    return of


@deed(back="my_page")
def accept(request: HttpRequest, member: Member, now: datetime, offer: str) -> str:
    actions.accept_offer(account=member.account, offer=offer, actor=name_of(member), now=now)
    return _("You are in. What you buy from now on counts.")


@deed(back="my_page")
def claim(request: HttpRequest, member: Member, now: datetime, pk: UUID) -> str:
    voucher = own_voucher(member, pk)
    actions.claim_voucher(code=voucher.code, actor=name_of(member), now=now)
    return _("It is yours now, and can be used.")


@deed(back="my_page")
def choose_benefit(request: HttpRequest, member: Member, now: datetime, pk: UUID) -> str:
    """One thing of the list of a voucher."""
    choice = request.POST.get("choice", "")
    chosen = actions.choose_benefit(
        code=own_voucher(member, pk).code, choice=choice, actor=name_of(member), now=now
    )
    return _("Your choice: %(what)s.") % {"what": queries.name_of("rewards", chosen.reward)}


@deed(back="my_page")
def give(request: HttpRequest, member: Member, now: datetime, pk: UUID) -> str:
    """To the member with that e-mail or number; to nobody in particular, as a code to hand on."""
    voucher = own_voucher(member, pk)
    named = request.POST.get("to", "").strip()
    friend = friend_of(member, named) if named else None
    actions.give_voucher(code=voucher.code, to=friend, actor=name_of(member), now=now)
    if friend:
        return _("It is given on, and on their page now.")
    return _("Give your friend this code: %(code)s. It works once.") % {"code": voucher.code}


def friend_of(member: Member, named: str) -> Member:
    """The other member with that e-mail or number. Raises ``Unclear``."""
    active = Member.objects.active()
    found = active.filter(email__iexact=named) if "@" in named else active.filter(number=named)
    friend = found.first()
    if friend is None:
        raise Unclear("no_such_friend")
    if friend == member:
        raise Unclear("not_to_oneself")
    return friend


def own_voucher(member: Member, pk: UUID) -> Voucher:
    return get_object_or_404(Voucher, pk=pk, account=member.account_id)


@deed(back="my_page")
def use_option(request: HttpRequest, member: Member, now: datetime, menu: str, option: str) -> str:
    use(member, now, menu, option=option)
    return _("Done. You find it among your checks.")


@deed(back="my_page")
def use_freely(request: HttpRequest, member: Member, now: datetime, menu: str) -> str:
    programme = programme_of(now)
    if menu not in programme.menus:
        raise Unclear("no_such_menu")
    amount = amount_from(request, programme.meters[programme.menus[menu].meter].unit)
    use(member, now, menu, amount=amount)
    return _("Done. You find it among your checks.")


def use(member: Member, now: datetime, menu: str, *, option: str = "", amount: int = 0) -> None:
    wanted = members.NewUse(menu=menu, option=option, amount=amount)
    actions.use_points(member=member, use=wanted, actor=name_of(member), now=now)


@deed(back="benefits")
def choose_size(request: HttpRequest, member: Member, now: datetime, conversion: str) -> str:
    size = request.POST.get("size", "")
    if not size.isdecimal():
        raise Unclear("no_such_choice")
    actions.choose_size(
        account=member.account, conversion=conversion, size=int(size[:12]), actor=name_of(member), now=now
    )
    return _("Your choice holds from the next time.")


@deed(back="my_page")
def convert(request: HttpRequest, member: Member, now: datetime, conversion: str) -> str:
    actions.convert_on_demand(
        account=member.account, conversion=conversion, amount=None, actor=name_of(member), now=now
    )
    return _("Done. You find it among your checks.")


@deed(back="benefits")
def book(request: HttpRequest, member: Member, now: datetime, perk: str) -> str:
    seats = request.POST.get("seats", "1")
    if not seats.isdecimal() or not 0 < int(seats[:6]) < 1000:
        raise Unclear("no_such_number")
    had = seats_of(member, perk)
    booked = actions.book_seats(member=member, perk=perk, seats=int(seats), actor=name_of(member), now=now)
    if sum(one.seats for one in booked if not one.is_waiting) > had:
        return _("Welcome! Your seats are booked.")
    return _("It is full, so you are on the waiting list. You get the seats when somebody cancels.")


@deed(back="benefits")
def use_perk(request: HttpRequest, member: Member, now: datetime, perk: str) -> str:
    actions.book_seats(member=member, perk=perk, seats=1, actor=name_of(member), now=now)
    return _("It is used. Show this to the staff: it happened %(moment)s.") % {
        "moment": date_format(localtime(now), "DATETIME_FORMAT")
    }


def seats_of(member: Member, perk: str) -> int:
    return sum(one.seats for one in member.bookings.filter(perk=perk, is_waiting=False))


@deed(back="benefits")
def unbook(request: HttpRequest, member: Member, now: datetime, perk: str) -> str:
    actions.give_up_seats(member=member, perk=perk, actor=name_of(member), now=now)
    return _("Your booking is cancelled. Thank you for leaving the seats to others.")


@deed(back="household")
def let_spend(request: HttpRequest, member: Member, now: datetime, number: str) -> str:
    """Who began the account says who else may use what is on it."""
    may_spend = request.POST.get("may_spend") == "yes"
    other = actions.let_spend(
        holder=member, number=number, may_spend=may_spend, actor=name_of(member), now=now
    )
    named = {"name": other.full_name or other.number}
    if may_spend:
        return _("%(name)s can now use the points and checks.") % named
    return _("%(name)s can no longer use the points and checks.") % named


def programme_of(now: datetime) -> Programme:
    programme = queries.recent_timetable().latest(now)
    if programme is None:
        raise Unclear("no_programme")
    return programme


def amount_from(request: HttpRequest, unit: int) -> int:
    """What was written, ``unit`` smallest parts to one. Raises ``Unclear``."""
    written = request.POST.get("amount", "").replace(" ", "").replace("\xa0", "").replace(",", ".")
    try:
        amount = Decimal(written[:15])
    except InvalidOperation as error:
        raise Unclear("no_such_number") from error
    if not amount.is_finite() or amount <= 0:
        raise Unclear("no_such_number")
    return int(amount * unit)
