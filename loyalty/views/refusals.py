"""Why something could not be done, as a member reads it: what is so, and what to do instead."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as later

from loyalty import queries
from members.actions import UnableTo


class Unclear(Exception):
    """What was sent names nothing that there is. ``key`` is one of the sentences below."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key
        self.facts: Mapping[str, object] = {}


SENTENCES = {
    "nothing_to_choose": later("It is chosen already, or cannot be chosen yet. Nothing was changed."),
    "no_such_benefit": later("Choose one of the list. Nothing was changed."),
    "no_such_receipt": later(
        "We find no such purchase. Check the number, the day and the sum. A purchase can take a day to reach us."
    ),
    "order_belongs_to_another_member": later("This purchase is registered already."),
    "order_is_cancelled": later("This purchase was cancelled, so it gives nothing."),
    "receipt_is_too_old": later(
        "A purchase can be registered at most %(days)s days later, and this one is older."
    ),
    "claimed_by_staff_only": later("Our staff can register this purchase for you. Show them the receipt."),
    "out_of_stock": later("Somebody else got the last one. Nothing was used."),
    "no_such_offer": later("This offer has ended. Nothing was changed."),
    "accepted_too_often": later("You have taken this offer as often as it goes."),
    "nothing_to_claim": later("It is claimed already."),
    "voucher_expired": later("The last day has passed, so it can no longer be used."),
    "voucher_used": later("It is used already."),
    "voucher_cancelled": later("It was cancelled and can no longer be used."),
    "voucher_reserved": later("It is held for an order that is being paid. Try again when that is done."),
    "voucher_not_yet_usable": later("It cannot be used yet. The first day is written on it."),
    "not_transferable": later("This one is yours alone and cannot be given on."),
    "gift_limit_reached": later("You have given on as many as you may this year."),
    "already_given": later("It is given on already."),
    "given_on_before": later("It has come to you from somebody else, and cannot be given on again."),
    "no_such_friend": later("We know no member by that. Check it, or leave it empty and hand on the code."),
    "not_in_the_household": later("This can only be given to somebody who shares your account."),
    "only_to_members": later(
        "This can only be given to another member. Write their e-mail or member number."
    ),
    "not_to_oneself": later("It is yours already. Write somebody else’s address or number."),
    "not_enough": later("You have %(available)s, and this takes %(wanted)s."),
    "menu_minimum": later("This begins at %(minimum)s. Choose more, or save a little longer."),
    "menu_maximum": later("You can use at most %(maximum)s here at a time."),
    "no_such_menu": later("This can no longer be had. Nothing was used."),
    "no_such_option": later("This can no longer be had. Nothing was used."),
    "only_on_an_order": later("This is used when you pay: say so at the till, or choose it at the checkout."),
    "not_for_this_member": later("This is not open to you right now. Nothing was used."),
    "too_little_to_convert": later("That is too little: it begins at %(minimum)s."),
    "no_such_conversion": later("This can no longer be chosen. Nothing was changed."),
    "no_such_choice": later("Choose one of the sizes below. Nothing was changed."),
    "no_such_number": later("Write a whole number above zero. Nothing was changed."),
    "no_programme": later("The club has no rules in force right now. Nothing was changed."),
    "not_open_yet": later("It is not open to you yet. The page says when it opens."),
    "too_many_seats": later("You can have at most %(maximum)s seats."),
    "no_seats_left": later("There are not that many seats left, and there is no waiting list."),
    "quota_used_up": later("You have used it as often as you can for now."),
    "draw_is_not_running": later("The draw is not running now. Nothing was used."),
    "used_already": later("It is used, and cannot be given back."),
    "nothing_booked": later("You have nothing booked here."),
    "not_an_address": later("This is not an e-mail address. Write it like name@example.com."),
    "email_is_not_valid": later("This is not an e-mail address. Write it like name@example.com."),
    "household_full": later("An account can have at most %(maximum)s members, and yours is full."),
    "not_the_same_address": later(
        "Everybody who shares an account must live at the same address. Write yours under My details."
    ),
    "shares_it_already": later("You share this account already."),
    "shares_with_nobody": later("You share your account with nobody."),
    "account_has_moved": later("Something happened to the account at the same moment. Please try again."),
    "invitation_not_found": later("There is no such invitation."),
    "invitation_used": later("The invitation has been accepted by somebody already."),
    "invitation_withdrawn": later("The invitation has been taken back."),
    "invitation_expired": later("The last day of the invitation has passed."),
    "not_authorised": later(
        "Who began the account has not let you use what is on it. Ask them: they can do it here."
    ),
    "no_such_person": later("Nobody by that number shares your account. Nothing was changed."),
    "not_the_holder": later("Only who began the account may use what is on it."),
    "account_is_closed": later("The membership has ended, so nothing can be changed."),
    "member_is_closed": later("The membership has ended, so nothing can be changed."),
}
_AMOUNTS = ("available", "wanted", "minimum", "maximum")


def refusal(error: UnableTo | Unclear) -> str:
    sentence = SENTENCES.get(error.key)
    if sentence is None:
        return _("That did not work, and nothing was changed. Please try again.")
    return _(sentence) % _worded(error.facts)


def _worded(facts: Mapping[str, object]) -> dict[str, object]:
    """Numbers as people read them; those of a meter with its name."""
    meter = _meter_of(facts)
    return {
        name: queries.amount_of(meter, int(str(value))) if meter and name in _AMOUNTS else value
        for name, value in facts.items()
    }


def _meter_of(facts: Mapping[str, object]) -> str:
    if "meter" in facts:
        return str(facts["meter"])
    programme = queries.recent_timetable().versions
    menu = programme[-1][2].menus.get(str(facts.get("menu"))) if programme else None
    return menu.meter if menu else ""
