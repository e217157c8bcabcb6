"""What goes wrong on this floor, in a sentence for people. The keys stay as they are for machines."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

from django.utils.translation import gettext_noop as later

from members.actions import UnableTo
from members.api.sentences import learn

SENTENCES = {
    "order_without_lines": later("The order has no lines. Send at least one."),
    "line_ref_used_twice": later("Two lines are called %(line)s. Give each line its own ref."),
    "quantity_is_not_valid": later(
        "The quantity of line %(line)s must be above zero, with three decimals at most."
    ),
    "amount_is_not_valid": later("The discount of line %(line)s must lie between zero and its price."),
    "paid_is_not_what_it_costs": later(
        "You sent %(sent)s öre as paid, but the lines less discounts and vouchers make %(computed)s öre."
    ),
    "order_number_used_for_something_else": later(
        "This order number was used for an order with other content. Send a changed order with a higher revision."
    ),
    "order_belongs_to_another_member": later("The order already belongs to another member."),
    "more_came_back_than_is_left": later(
        "More of line %(line)s has been returned than the new revision holds."
    ),
    "vouchers_cannot_be_added_later": later("A voucher can only be used when the order is first recorded."),
    "points_cannot_be_used_later": later("Points can only be used when the order is first recorded."),
    "order_had_final_prices": later(
        "The order was first recorded with what its lines were sold for. Send that again, not the list prices."
    ),
    "leader_cannot_change_later": later(
        "Who leads the group is told when the order is first recorded. Name the same leader again."
    ),
    "vouchers_need_a_member": later("A voucher needs a member: say whose order it is."),
    "order_is_cancelled": later("Order %(order)s is cancelled."),
    "goods_came_back": later(
        "Order %(order)s has returned goods and can no longer be cancelled. Return the rest."
    ),
    "order_not_found": later("There is no such order."),
    "return_number_used_for_something_else": later(
        "This return number was used for a return with other content."
    ),
    "order_line_not_found": later("The order has no line %(line)s."),
    "more_than_was_bought": later("No more than %(left)s of line %(line)s can still be returned."),
    "more_than_was_paid": later("No more than %(left_ore)s öre of line %(line)s can still be paid back."),
    "more_than_is_left_to_pay_back": later(
        "No more than %(left_ore)s öre of the order can still be paid back."
    ),
    "nothing_left_to_return": later("Nothing of the order is left to return."),
    "voucher_not_found": later("There is no voucher %(code)s, or it is not this member's."),
    "voucher_used": later("Voucher %(code)s has been used on order %(order)s."),
    "voucher_cancelled": later("Voucher %(code)s has been cancelled."),
    "voucher_expired": later("The last day of voucher %(code)s has passed."),
    "voucher_not_yet_usable": later("Voucher %(code)s cannot be used yet."),
    "voucher_reserved": later("Voucher %(code)s is held for order %(order)s."),
    "voucher_is_not_open": later("The voucher has been used or has ended already."),
    "basket_too_small": later("Voucher %(code)s needs a purchase of at least %(minimum_ore)s öre."),
    "nothing_to_pay_with_voucher": later("Voucher %(code)s does not apply to anything in the basket."),
    "nobody_found": later("Nobody in the club is found by this."),
    "several_found": later("%(count)s members share this. Scan a card instead."),
    "pass_is_not_ours": later("This pass is not one of the club's, or has been changed."),
    "pass_has_ended": later("This pass has ended. Load the member page again for a new one."),
    "check_is_not_on_the_pass": later("Check %(code)s is not on the pass that was shown."),
    "until_has_passed": later("The reservation would end before it begins."),
    "no_such_meter": later("The club counts nothing called %(meter)s."),
    "no_such_tier": later("The club has no such tier."),
    "not_enough": later("Only %(available)s of %(wanted)s are available."),
    "amount_is_zero": later("Give an amount other than zero."),
    "reason_is_missing": later("Say why: a change by hand needs a reason."),
    "points_need_a_member": later("Points can only be used by a member: say whose order it is."),
    "act_happens_by_itself": later("“%(act)s” happens by itself and cannot be told."),
    "act_is_not_known": later(
        "Nothing here asks about “%(act)s”. What can be told: %(known)s. The club can add kinds in ACTIVITY_KINDS."
    ),
    "act_quantity_is_not_valid": later("The quantity must be above zero, with three decimals at most."),
    "act_number_used_for_something_else": later("This number was used for something else that a member did."),
    "no_programme": later("The club has no rules in force."),
    "no_such_offer": later("There is no offer called %(offer)s."),
    "accepted_too_often": later(
        "%(offer)s has been accepted %(maximum)s times, which is as often as it can be."
    ),
    "no_such_choice": later("%(conversion)s cannot be set to that."),
    "no_such_conversion": later("There is nothing to exchange called %(conversion)s."),
    "too_little_to_convert": later("At least %(minimum)s of %(meter)s is needed."),
    "no_such_menu": later("There is nothing to use points for called %(menu)s."),
    "no_such_option": later("%(menu)s has no such option."),
    "menu_minimum": later("%(menu)s needs at least %(minimum)s, in the steps that it has."),
    "menu_maximum": later("No more than %(maximum)s can be used for %(menu)s."),
    "more_than_its_share": later("Points can pay no more than %(allowed_ore)s öre of this order."),
    "more_than_it_costs": later("Only %(allowed_ore)s öre are left to pay with points."),
    "nothing_to_pay_with_points": later("%(menu)s does not apply to anything in the basket."),
    "not_for_this_member": later("%(menu)s is not for this member."),
    "only_on_an_order": later("%(menu)s can only be used on an order."),
    "only_one_per_order": later("%(menu)s can be used once on an order."),
    "account_is_closed": later("The membership has ended: nothing that waits for the member can be used."),
    "no_such_person": later("Nobody by that number shares the account."),
    "not_authorised": later("The holder of the account has not let this member use what it has."),
    "not_the_holder": later("Only the holder of the account can use what it has."),
    "household_full": later("The account has %(maximum)s members already, which is as many as it can have."),
    "too_young": later("One must be at least %(minimum)s years old to be a member."),
    "too_old": later("One can be at most %(maximum)s years old to join."),
    "staff_are_excluded": later("Those who work here cannot be members."),
    "is_a_member_already": later("You may be a member already: log in, or let our staff help."),
    "not_the_same_address": later(
        "Everybody who shares the account must live at the holder's address, and say so."
    ),
    "shares_it_already": later("The member shares this account already."),
    "shares_with_nobody": later("The member shares the account with nobody."),
    "account_has_moved": later("The account has just become part of another. Send the same again."),
    "is_the_same_member": later("This is one and the same membership."),
    "invitation_not_found": later("There is no such invitation."),
    "invitation_used": later("The invitation has been accepted by somebody already."),
    "invitation_withdrawn": later("The invitation has been taken back."),
    "invitation_expired": later("The last day of the invitation has passed."),
    "not_together_with_others": later("Voucher %(code)s cannot be used together with the others."),
    "one_for_each_full": later(
        "One voucher like %(code)s can be used for each full %(each_ore)s öre of the purchase."
    ),
    "draw_is_not_running": later("The draw %(draw)s is not running now."),
    "only_so_many_per_order": later(
        "No more than %(maximum)s vouchers like %(code)s can be used on an order."
    ),
    "not_transferable": later("Voucher %(code)s cannot be given to somebody else."),
    "not_in_the_household": later("Voucher %(code)s can only be given to somebody who shares the account."),
    "only_to_members": later("Voucher %(code)s can only be given to another member."),
    "already_given": later("Voucher %(code)s has been given to somebody else."),
    "given_on_before": later(
        "Voucher %(code)s has been given on %(maximum)s times already, and cannot be again."
    ),
    "gift_limit_reached": later(
        "No more than %(maximum)s vouchers like %(code)s can be given away in a year."
    ),
    "nothing_to_claim": later("Voucher %(code)s does not wait to be claimed."),
    "no_such_perk": later("There is no evening or benefit called %(perk)s."),
    "not_open_yet": later("%(perk)s is not open to this member, or not now."),
    "too_many_seats": later("No more than %(maximum)s seats each can be booked at %(perk)s."),
    "quota_used_up": later("%(perk)s can be used %(maximum)s times, and has been."),
    "used_already": later("%(perk)s is used, and cannot be given back."),
    "no_seats_left": later("No seats are left at %(perk)s."),
    "nothing_booked": later("Nothing is booked at %(perk)s."),
    "no_such_fund": later("There is no fund called %(fund)s."),
    "grant_too_small": later("%(fund)s grants at least %(minimum_ore)s öre."),
    "grant_too_large": later("%(fund)s grants at most %(maximum_ore)s öre."),
    "fund_has_too_little": later("%(fund)s holds only %(available_ore)s öre."),
    "no_run_to_reopen": later("%(conversion)s has no runs that can be settled again."),
    "run_has_not_been": later("%(conversion)s has not run on %(day)s yet."),
    "no_such_pool": later("There is nothing to share out called %(conversion)s."),
    "no_such_draw": later("There is no draw called %(draw)s."),
    "receipt_is_too_old": later("A purchase can be registered at most %(days)s days later."),
    "claimed_by_staff_only": later("Only staff can register a purchase afterwards."),
    "claimed_by_members_only": later("Only members themselves can register a purchase afterwards."),
    "no_such_receipt": later("There is no such purchase without a member."),
    "out_of_stock": later("There is nothing left of %(reward)s."),
    "nothing_to_choose": later("There is nothing to choose with voucher %(code)s now."),
    "no_such_benefit": later("There is nothing called %(choice)s to choose."),
    "store_not_found": later("There is no store with the code %(store)s."),
}


# A call that would be right if something else had not been there first.
CONFLICTS = (
    "order_number_used_for_something_else",
    "return_number_used_for_something_else",
    "act_number_used_for_something_else",
    "voucher_reserved",
    "voucher_used",
)

# Which fact of a conflict over a number names what was recorded first under it.
RECORDED_FIRST = {
    "order_number_used_for_something_else": "order",
    "return_number_used_for_something_else": "order_return",
    "act_number_used_for_something_else": "act",
}

learn(SENTENCES)


class Conflict(UnableTo):
    status = 409


def as_conflict(error: Exception) -> Exception:
    """The refusal, as a conflict where it is one with something earlier."""
    if isinstance(error, UnableTo) and error.key in CONFLICTS:
        return Conflict(error.key, **error.facts)
    return error


@contextmanager
def telling_conflicts(first_answer: Callable[[UUID], object]) -> Iterator[None]:
    """Let a refusal that is a conflict with something earlier be answered as one.

    When a number was used before, ``first_answer`` tells what was answered then, from the id of what was recorded.
    """
    try:
        yield
    except UnableTo as error:
        if error.key not in CONFLICTS:
            raise
        facts = dict(error.facts)
        if error.key in RECORDED_FIRST:
            facts["first_answer"] = first_answer(UUID(str(facts[RECORDED_FIRST[error.key]])))
        raise Conflict(error.key, **facts) from error
