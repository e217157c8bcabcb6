"""What goes wrong on this floor, in a sentence for people. The keys stay as they are for machines."""

from collections.abc import Iterator
from contextlib import contextmanager

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
    "until_has_passed": later("The reservation would end before it begins."),
    "no_such_meter": later("The club counts nothing called %(meter)s."),
    "no_such_tier": later("The club has no such tier."),
    "not_enough": later("Only %(available)s of %(wanted)s are available."),
    "amount_is_zero": later("Give an amount other than zero."),
    "reason_is_missing": later("Say why: a change by hand needs a reason."),
    "store_not_found": later("There is no store with the code %(store)s."),
}


# A call that would be right if something else had not been there first.
CONFLICTS = (
    "order_number_used_for_something_else",
    "return_number_used_for_something_else",
    "voucher_reserved",
    "voucher_used",
)

learn(SENTENCES)


class Conflict(UnableTo):
    status = 409


@contextmanager
def telling_conflicts() -> Iterator[None]:
    """Let a refusal that is a conflict with something earlier be answered as one."""
    try:
        yield
    except UnableTo as error:
        if error.key in CONFLICTS:
            raise Conflict(error.key, **error.facts) from error
        raise
