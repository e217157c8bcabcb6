"""Why something of a shop was not taken in, in a sentence for people. The keys stay as they are."""

from collections.abc import Mapping

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as later

SENTENCES = {
    # Rows of a table
    "row_has_other_columns": later(
        "The row has %(columns)s columns, the header %(wanted)s. Look for a stray separator or quotation mark."
    ),
    "rows_are_scattered": later(
        "Other receipts stand between the rows of this number. Sort the file by number and import it again."
    ),
    "number_is_missing": later("The row has no receipt number."),
    "number_is_not_valid": later("%(value)s in %(column)s is not a number."),
    "quantity_is_not_valid": later("The quantity %(quantity)s is too large or has more than three decimals."),
    "quantity_is_not_positive": later(
        "The quantity is %(quantity)s, and this is no return: a stock correction is not a sale."
    ),
    "returned_quantity_is_not_negative": later("The quantity of a return is %(quantity)s, not below zero."),
    "amount_is_negative": later("The amount is below zero."),
    "discount_is_not_within_the_amount": later("The discount must lie between zero and the amount."),
    "member_differs_from_the_first_row": later("The rows before it of the same number name another member."),
    "time_is_not_valid": later("%(value)s is not a time. Set time_format in the map."),
    "text_is_too_long": later("The text in %(column)s is longer than %(longest)s characters."),
    "text_is_not_valid": later("The row holds characters that are not text, or its number is too long."),
    "store_is_not_known": later("The club has no store with the code %(store)s. Add it in the console."),
    "no_order_line_has_this_left": later(
        "The member has no earlier purchase of %(sku)s with %(quantity)s pieces and that amount left."
    ),
    "returned_by_a_guest": later("The return names no member, so its order cannot be found."),
    "order_number_used_for_something_else": later(
        "This number was recorded before with other content. What was recorded stays as it is."
    ),
    "return_number_used_for_something_else": later(
        "This number was recorded before with other content. What was recorded stays as it is."
    ),
    # The whole file
    "file_has_another_encoding": later(
        "The text after line %(line)s is not %(encoding)s. Set encoding in the map, such as cp1252."
    ),
    "file_is_not_a_table": later("The text after line %(line)s is not a table with this delimiter."),
    "file_is_damaged": later("The file breaks off or is damaged after line %(line)s."),
    "column_is_missing": later("The file has no column %(column)s. It has: %(found)s."),
    "map_not_found": later(
        "There is no column map %(map)s. Give the path of a YAML file, or one of: %(known)s."
    ),
    "map_is_not_yaml": later("The column map %(map)s is not YAML or JSON: %(problem)s."),
    "map_is_no_object": later("The column map must be an object of settings: source, columns and so on."),
    "setting_is_not_known": later("The column map knows no setting %(setting)s."),
    "setting_is_missing": later("The column map lacks the setting %(setting)s."),
    "setting_is_not_valid": later("%(setting)s in the column map cannot be %(value)s."),
    "import_runs_elsewhere": later("Another process is importing this file and has come to line %(line)s."),
    # Payloads of a shop
    "field_is_missing": later("%(field)s is missing."),
    "field_is_not_an_object": later("%(field)s must be an object."),
    "field_is_not_a_list": later("%(field)s must be a list."),
    "field_is_not_text": later("%(field)s must be text."),
    "field_is_too_long_or_not_text": later("%(field)s must be text of at most %(longest)s characters."),
    "field_is_not_a_number": later("%(field)s must be a number."),
    "field_is_not_a_time": later("%(field)s must be a time as in ISO 8601."),
    "field_is_not_true_or_false": later("%(field)s must be true or false."),
    "amounts_do_not_add_up": later("%(field)s cannot be what the lines come to."),
    "status_is_not_known": later("%(status)s in %(field)s is not known."),
    "order_is_waiting": later("Order %(order)s is not paid yet."),
    "order_is_cancelled": later("Order %(order)s is cancelled."),
    "order_is_refunded": later("Order %(order)s has been refunded in full."),
    "order_line_not_found": later("%(field)s names a line that the order does not have."),
    "more_than_is_left_of_the_order": later("%(field)s is more than is left of the order."),
    "nothing_was_refunded": later("%(field)s names neither goods nor money."),
    "refund_is_of_another_order": later("%(field)s is not order %(order)s."),
    # What became of a shop's deliveries
    "order_was_recorded": later("Order %(order)s was recorded."),
    "order_was_recorded_for_a_guest": later(
        "Order %(order)s was recorded without a member: the buyer is not one."
    ),
    "order_was_changed": later("Order %(order)s was changed."),
    "order_is_known": later("Order %(order)s is recorded already, as new as this or newer."),
    "order_was_cancelled": later("Order %(order)s was cancelled, and what it gave was taken back."),
    "order_was_cancelled_later": later("Order %(order)s was cancelled after this was sent."),
    "order_never_was": later("Order %(order)s ended before it was recorded."),
    "order_stands_again": later("Order %(order)s was changed after this was sent, and stands."),
    "order_came_back": later("Order %(order)s came back in full."),
    "refund_was_recorded": later("Refund %(refund)s of order %(order)s was recorded."),
    "refund_is_known": later("Refund %(refund)s is recorded already, or its order was cancelled."),
    "refund_waits_for_its_order": later("Refund %(refund)s waits for order %(order)s."),
    "order_never_came": later("Order %(order)s, which this refund is of, has not come in 30 days."),
    "customer_joined": later("The customer joined the club as member %(member)s."),
    "customer_is_no_member": later("The customer is not a member of the club."),
    "member_was_updated": later("Member %(member)s was brought up to date."),
    "member_is_another": later(
        "Member %(member)s has this e-mail address, but not this account in the shop, so nothing was changed."
    ),
    "member_is_closed": later("Member %(member)s has left the club."),
    "customer_wants_to_be_forgotten": later(
        "A customer wants to be forgotten. If they are a member, erase the member in the console."
    ),
    "customer_wants_a_copy": later(
        "A customer asks what is known of them. If they are a member, their page gives it to them."
    ),
    "shop_wants_to_be_forgotten": later("The shop has closed its account with Shopify."),
    "topic_is_not_used": later("The club has no use for %(topic)s. The shop need not send it."),
    "test_was_read": later("It works: order %(order)s of %(paid)s was read. A test is recorded nowhere."),
    "test_was_not_read": later("The test could not be read."),
    "body_is_not_json": later("The body is not JSON."),
    "kind_of_shop_is_gone": later("The club does not know shops of the kind %(kind)s any more."),
    "unexpected": later("Something went wrong on our side (%(error)s), ten times in a row."),
    # Why a shop's past could not be fetched
    "api_is_not_set": later("Write the address of the shop and its key first, and save."),
    "pull_is_running": later("It is being fetched already."),
    "nothing_to_resume": later("There is nothing to go on with."),
    "url_is_not_valid": later("The address of the shop is not valid."),
    "url_is_not_https": later("The address of the shop must begin with https://."),
    "host_is_not_known": later("No shop was found at its address."),
    "address_is_not_public": later("The address of the shop is not one of the open internet."),
    "shop_did_not_answer": later("The shop did not answer (%(error)s)."),
    "shop_asks_to_wait": later("The shop asks to wait a moment."),
    "shop_refuses_the_key": later(
        "The shop refuses the key (%(status)s). May it read orders and customers? Write a new one and go on."
    ),
    "shop_is_in_trouble": later("The shop is in trouble (%(status)s)."),
    "shop_has_no_such_page": later(
        "There is no such page in the shop (%(status)s). Is its address complete, with www where it has one?"
    ),
    "shop_answered_something_else": later("What the shop answered is not a list of orders or customers."),
    # What the books say no to
    "more_than_was_bought": later("More came back than was bought."),
    "more_than_was_paid": later("More came back than was paid."),
    "more_came_back_than_is_left": later("More of the order has come back than its new version holds."),
    "email_is_not_valid": later("The e-mail address cannot be."),
    "order_without_lines": later("The order has no lines."),
}


def reason(key: str, facts: Mapping[str, object]) -> str:
    """The sentence for a key, or the key itself with its facts when there is none."""
    sentence = SENTENCES.get(key)
    try:
        return gettext(sentence) % facts if sentence else _plain(key, facts)
    except KeyError:  # the same key, raised elsewhere with other facts
        return _plain(key, facts)


def _plain(key: str, facts: Mapping[str, object]) -> str:
    details = ", ".join(f"{name} {value}" for name, value in facts.items())
    return key.replace("_", " ") + (f" ({details})" if details else "")
