"""What is wrong with a definition, in a sentence for people. The keys stay as they are for machines."""

from collections.abc import Mapping

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as later

from segments.engine.errors import Malformed

SENTENCES: Mapping[str, str] = {
    "agg_is_not_known": later("Say what to work out, one of: %(known)s."),
    "amount_needs_number_and_unit": later(
        'Give a number and a unit, as in [30, "day"]. Units are: %(known)s.'
    ),
    "bucket_is_out_of_range": later("The lots run from 0 to %(most)s, the lower one first."),
    "bucket_needs_three_parts": later("Give a word, the first lot and the one after the last."),
    "calendar_is_not_known": later("Give “this” or “previous” and one of: %(known)s."),
    "choice_is_not_known": later("“%(value)s” is none of: %(known)s."),
    "condition_is_always_true": later("This is true of everybody. Change it or take it away."),
    "condition_is_never_true": later("This is true of nobody. Change it or take it away."),
    "condition_is_no_object": later("An object is expected here, in curly braces."),
    "condition_is_not_known": later("A condition has one of: %(known)s."),
    "count_has_no_field": later("A count has no field. To count different ones, use count_distinct."),
    "count_says_whether_it_happened": later("To ask whether it ever happened, count it."),
    "days_are_out_of_range": later("The days lie within %(most)s of today."),
    "facts_lie_in_the_past": later("These are things of the past: look back, not ahead."),
    "facts_lie_ahead": later("These are things that lie ahead: look ahead, not back."),
    "field_is_no_number": later("Only numbers can be worked out like this: %(known)s."),
    "group_is_empty": later("The group is empty. Put a condition into it or take it away."),
    "list_is_empty": later("The list is empty. Name at least one."),
    "list_is_too_long": later("The list is too long. Name at most %(most)s."),
    "minimum_is_below_one": later("The smallest base is at least 1."),
    "mode_is_not_known": later("Say since when, one of: %(known)s."),
    "name_is_not_known": later("There is nothing of this name here. There is: %(known)s."),
    "nested_too_deep": later("Groups may lie in each other at most %(most)s deep."),
    "number_is_out_of_range": later("A number is at most %(most)s, with at most %(decimals)s decimals."),
    "op_is_not_known": later("Say how to compare, one of: %(known)s."),
    "parameter_is_missing": later("Say which %(name)s is meant."),
    "part_of_time_is_not_known": later("Give whole numbers from %(least)s to %(most)s."),
    "percent_is_out_of_range": later("Give more than 0 and less than 100 per cent."),
    "range_is_reversed": later("The end comes before the start. Swap them."),
    "range_mixes_days_and_times": later("Give two days or two times, not one of each."),
    "range_needs_two_ends": later("Give two values: from and to."),
    "ratio_mixes_owners": later("Both parts must belong to the member, or both to the account."),
    "ratio_needs_two_parts": later("A share needs two parts: of what, and what it is divided by."),
    "segment_is_not_known": later("There is no segment called “%(segment)s”."),
    "segments_go_round": later("The segments lead back to where they began: %(segments)s."),
    "text_is_too_long": later("A text has at most %(most)s letters."),
    "too_many_conditions": later(
        "A segment has at most %(most)s conditions, with those of the segments in it."
    ),
    "top_needs_a_number": later("Say by which number the best are found."),
    "value_is_blank": later("The text is blank. To find what is missing, ask with not_set."),
    "value_is_missing": later("Say what to compare with."),
    "value_is_not_a_day": later("A day is written like 2026-01-31."),
    "value_is_not_a_number": later("This is not a number."),
    "value_is_not_a_time": later("A day is written like 2026-01-31, a time like 2026-01-31T18:00."),
    "value_is_not_a_whole_number": later("This must be a whole number."),
    "value_is_not_asked_for": later("“%(op)s” compares with nothing. Take the value away."),
    "value_is_not_text": later("This must be a text."),
    "value_is_not_yes_or_no": later("This must be true or false."),
    "window_is_empty": later("The time is empty. Give at least 1."),
    "window_is_not_known": later("Give “all”, or one of last, next, between, days, calendar and since."),
    "window_is_too_long": later("The time is too long."),
    "within_is_missing": later("Say within which time."),
}


def sentence_of(mistake: Malformed) -> str:
    """What to put right, in the reader's language."""
    return gettext(SENTENCES[mistake.key]) % mistake.facts
