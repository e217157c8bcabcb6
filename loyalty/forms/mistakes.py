"""What the engine finds in a document, in the words of whoever fills in the form."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as later

# A word of the document, or a number.
_VALUE = re.compile(r"'([^']*)'|(?<![\w.])(\d+(?:\.\d+)?)")
_MISSING = re.compile(r"^'\w+' is missing")
# What the engine says, with %s for each value in it, and what is said instead.
_SENTENCES = {
    "%s needs nothing else": later("Nothing else is needed here."),
    "%s is only for months": later("This is only for a number of months."),
    "%s is only for points %s": later("This means nothing with that choice."),
    "%s needs the tiers that are let in": later("Say which tiers are let in."),
    "a tier is given by a purchase, by joining, or by an act of your own": later(
        "A tier is given by a purchase, by joining, or by something of your own that members do."
    ),
    "a tier lasts to a day that is known when it is given": later(
        "Say how long the tier lasts: to a day that is known when it is given."
    ),
    "%s is only for a household or a group": later("This is only for a household or a group."),
    "a card that anybody may bear has no age": later(
        "Nobody knows the age of who bears the card. Leave it out, or let members be persons."
    ),
    "can never apply: a card that anybody may bear has no age": later(
        "This can never apply: nobody knows the age of who bears the card."
    ),
    "can never apply: a card that anybody may bear has no person": later(
        "This can never apply: nobody knows who bears the card."
    ),
    "can never happen: a card that anybody may bear has no person": later(
        "This can never happen: nobody knows who bears the card."
    ),
    "can never hold: a card that anybody may bear has no person": later(
        "This can never hold: nobody knows who bears the card."
    ),
    "would close every card: one that anybody may bear never logs in": later(
        "This would close every card: who bears it never logs in. Choose purchases too."
    ),
    "there is no next window to carry anything to": later(
        "There is no next period to carry anything to: choose a window that is followed by another."
    ),
    "would be cut before the grace has passed": later("The points would be cut before the grace has passed."),
    "would be lost before the grace has passed": later(
        "The points would be lost before the grace has passed."
    ),
    "can never happen: no reward is paid out in money": later(
        "This can never happen: no reward is paid out in money."
    ),
    "%s is only for per_full": later("This is only for full steps."),
    "%s means nothing beside %s": later("“%s” means nothing beside “%s”."),
    "%s is included and excluded: excluded wins": later("“%s” is both in and out: out wins."),
    "a factor must be more than %s": later("A factor must be more than %s."),
    "a percentage is the same however much it took: only step, without value": later(
        "A percentage is the same however much it took: choose steps, and leave the value out."
    ),
    "a reward worth money has its value in the conversion": later(
        "A check's value stands in the conversion, not here."
    ),
    "a choice cannot lead to another choice": later("What is chosen cannot be another list to choose from."),
    "becomes exactly one of reward, to_meter and draw": later(
        "Choose one thing to become: a reward, a meter, or tickets in a draw."
    ),
    "gives exactly one of meter, reward and fund": later("Choose one: a meter, a reward or a fund."),
    "can never apply: all goods that it includes are excluded": later(
        "This can never apply: all goods that are in are also out."
    ),
    "can never apply: all stores that it includes are excluded": later(
        "This can never apply: all stores that are in are also out."
    ),
    "can never apply: it ends before it starts": later("This can never apply: it ends before it starts."),
    "can never apply: no other rule of its group gives of its meter": later(
        "This can never apply: there is no other rule for it to multiply."
    ),
    "can never hold: count is more than there are conditions": later(
        "This can never hold: there are fewer conditions than that."
    ),
    "each row starts above the one before it": later("Each row must start above the one before it."),
    "each tier needs more than the one before it": later("Each tier must need more than the one before it."),
    "effect %s does nothing": later("This does nothing."),
    "from %s nothing would be given until one step, %s": later(
        "From %s nothing would be given until a whole step, %s."
    ),
    "has more decimals than the meter": later("This has more decimals than the meter."),
    "its vouchers never lapse": later("What members get of it never lapses."),
    "must be at least %s": later("Write %s or more."),
    "must be at most %s": later("Write %s or less."),
    "must be a whole number": later("Write a whole number."),
    "must not be empty": later("Fill this in."),
    "must have at least %s": later("At least %s is needed."),
    "must have at most %s": later("At most %s can stand here."),
    "must not name anything twice": later("Something stands here twice."),
    "must be a number above %s, like %s or %s": later("Write a number above %s, like %s or %s."),
    "must be a number, %s or more, like %s": later("Write a number, %s or more, like %s."),
    "must be an amount of money with at most two decimals, like %s or %s": later(
        "Write an amount of money, like %s or %s."
    ),
    "must be a percentage above %s and up to %s, like %s or %s": later(
        "Write a percentage above %s and up to %s, like %s or %s."
    ),
    "needs a name in %s, the language of the file": later(
        "A name in the version's own language (%s) is needed."
    ),
    "never usable: the points lapse before they can be used": later(
        "The points would lapse before they can be used."
    ),
    "gives nothing: its value is %s": later("This gives nothing: its value is %s."),
    "some points lapse before they can be used": later("Some points lapse before they can be used."),
    "no earning rule gives it": later("No earning rule gives any of it."),
    "nothing gives it": later("Nothing gives it."),
    "can be spent, and nothing turns it into a reward": later(
        "It can become rewards, and nothing turns it into any."
    ),
    "nothing reaches it: %s or %s is missing": later("Nothing reaches this tier: say from which amount."),
    "only a meter that can be spent becomes a reward": later(
        "Only a meter that can become rewards can be turned."
    ),
    "only money off can be used partly": later("Only money off can be used bit by bit."),
    "only what can be spent lapses": later("Only what can become rewards lapses."),
    "overlaps the row before it": later("This row overlaps the one before it."),
    "rate %s and stack %s go together": later(
        "A factor needs “multiplies the others” under “Together with other rules”, and the other way round."
    ),
    "rounds to more decimals than the meter has": later("This rounds to more decimals than the meter has."),
    "taken only from what is paid in money": later(
        "A fee can only be taken from what is paid in money. Choose such a reward, or remove the fee."
    ),
    "the key %s is used twice": later("Two of these have the same name (%s)."),
    "there is no meter %s": later("There is no meter “%s” any more. Choose another."),
    "there is no reward %s": later("There is no reward “%s” any more. Choose another."),
    "there is no fee %s": later("There is no fee “%s” any more. Choose another."),
    "there is no fund %s": later("There is no fund “%s” any more. Choose another."),
    "there is no calendar %s": later("There is no calendar “%s” any more. Choose another."),
    "there is no tier %s on %s": later("There is no tier “%s” on “%s” any more. Choose another."),
    "there is no tier ladder %s": later("There is no tier ladder “%s” any more. Choose another."),
    "there is no time zone %s": later("There is no time zone “%s”."),
    "what is not enough would be dropped after every purchase": later(
        "What is not enough would be lost after every purchase."
    ),
    "without %s every single point becomes a voucher": later(
        "Without a smallest amount every single point becomes a voucher."
    ),
    "can never apply: all channels that it includes are excluded": later(
        "This can never apply: all channels that are in are also out."
    ),
    "can never apply: it closes before it opens": later("This can never apply: it closes before it opens."),
    "can never apply: such periods do not follow one another": later(
        "Choose periods that follow one another, like calendar months or weeks."
    ),
    "different ones are not counted in a row": later(
        "Different products, categories, brands or stores cannot also be counted in a row. Choose one of the two."
    ),
    "can never be used: it takes more than %s": later(
        "This can never be used: it takes more points than an order may."
    ),
    "each period starts after the one before it": later("Each period must start after the one before it."),
    "gives exactly one of meter and reward": later("Choose one: a meter or a reward."),
    "needs one for each period": later("One is needed for each period."),
    "never usable: it lapses before it can be used": later("It would lapse before it can be used."),
    "can never apply: the most is less than the least": later(
        "This can never apply: the most is less than the least."
    ),
    "can never apply: it ends when it starts": later("This can never apply: it ends when it starts."),
    "can never apply: none of its days counts": later(
        "This can never apply: every day of it is kept out by what else is said of days."
    ),
    "no one reaches it: the meter never comes to more than %s": later(
        "No one reaches this: nobody ever comes to more than %s."
    ),
    "becomes what it was: choose another meter": later("It would become what it was. Choose another meter."),
    "passings are counted in steps: only step and sequence": later(
        "How often a step was passed needs steps: choose steps, or first this, then that."
    ),
    "would give the same again each time: measure passings, or let it run at the end of a window": later(
        "This would give the same again each time. Measure how often a step was passed, or let it run when a period ends."
    ),
    "is more than there are in the sequence": later("There are not that many to go on from."),
    "would never end: %s becomes %s again": later("This would never end: “%s” becomes “%s” again."),
    "%s is also a tier of %s: values for tiers cannot tell them apart": later(
        "“%s” is also a tier of “%s”. Values for tiers cannot tell them apart: give one another key."
    ),
    "says nothing: %s or %s is missing": later("Say how much, or how often."),
    "gives nothing: no receipt up to %s has a full %s": later(
        "This gives nothing: no receipt up to %s has a full %s."
    ),
    "lists nothing: %s is missing": later("Choose the vouchers that it can be used with."),
    "is harder to keep than to reach": later("This tier is harder to keep than to reach."),
    "there is no tier %s": later("There is no tier “%s” any more. Choose another."),
    "no grant is possible: it is less than %s": later(
        "No grant is possible: the largest is less than the smallest."
    ),
    "without %s everybody has a seat": later("Without a number of seats everybody has one."),
    "%s is not a number of whole steps of %s": later("%s is not a number of whole steps of %s."),
    "the file is empty": later("Choose a file: this one is empty."),
    "other versions can only be read beside a programme file": later(
        "This scenario plays several versions of a programme. Only one version can be rehearsed here."
    ),
    "more than %s happenings": later("This scenario has more than %s happenings: too many for a form."),
    "needs one of amount and lines, not both": later("Write an amount, or goods line by line, not both."),
    "there is no order %s before this": later("There is no purchase “%s” before this."),
    "order %s has no line %s": later("The purchase “%s” has no line “%s”."),
    "the order number %s is used twice": later("The number “%s” is used twice."),
    "two lines have the same ref": later("Two lines have the same number."),
    "there is no menu %s": later("There is no menu “%s”. Choose another."),
    "there is no option %s": later("There is no option “%s” on that menu. Choose another."),
    "there is no perk %s": later("There is no perk “%s”. Choose another."),
    "there is no draw %s": later("There is no prize draw “%s”. Choose another."),
    "there is no offer %s": later("There is no offer or challenge “%s”. Choose another."),
    "there is no challenge %s": later("There is no challenge “%s”. Choose another."),
    "there is no conversion %s": later("There is no conversion “%s”. Choose another."),
    "%s is a member already: let them leave first, or remove this": later(
        "“%s” is a member already. Let them leave first, or remove this."
    ),
    "%s is no member before this: let them join first": later(
        "“%s” is no member before this. Let them join first."
    ),
    "the payments come to %s and the order costs %s: make them add up": later(
        "The payments come to %s and the purchase costs %s. Make them add up."
    ),
    "the discount is more than the price": later("The discount is more than the price."),
    "a condition asks for exactly one of meter, tier, event, fact, consent, segment, accepted, all, any, at_least, not": (
        later("Choose what the condition asks for.")
    ),
}


def in_words(message: str) -> str:
    """A finding in the active language; one without words of its own as the engine says it."""
    if _MISSING.match(message):
        return _("Fill this in.")
    values = tuple(first or second for first, second in _VALUE.findall(message))
    said = _SENTENCES.get(_VALUE.sub("%s", message))
    if said is None and ";" in message:  # what there is instead is what a form lets choose from
        return in_words(message.rpartition(";")[0])
    if said is None:
        return message
    told = _(said)
    return told % values if told.count("%s") == len(values) and values else told
