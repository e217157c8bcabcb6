"""Windows, schedules and lifetimes: over which time something is counted, when it runs, how long it lasts."""

from collections.abc import Callable, Iterator

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_noop as later

from loyalty.queries.glossary import WEEKDAYS
from loyalty.queries.sentences.words import Row, both, day, day_of_year, either, told
from loyalty.queries.wording import name_of

Tell = Callable[[Row], str]
_DURING = {
    "day": later("on the same day"),
    "week": later("in the calendar week"),
    "month": later("in the calendar month"),
    "two_months": later("in two calendar months"),
    "quarter": later("in the quarter"),
    "half_year": later("in the half-year"),
    "year": later("in the calendar year"),
}
_ENDS = {
    "day": later("at the end of each day"),
    "week": later("at the end of each week"),
    "month": later("at the end of each month"),
    "two_months": later("at the end of every other month"),
    "quarter": later("at the end of each quarter"),
    "half_year": later("at the end of each half-year"),
    "year": later("at the end of each year"),
}
_RESTARTS = {
    "now": later("counted anew as soon as a new tier is reached"),
    "end_of_month": later("counted anew from the month after a new tier is reached"),
}


def during(window: Row) -> str:
    """“in the quarter”, “in the last 90 days”: where in time something is counted."""
    told = _WITHIN[window.get("kind", "lifetime")](window)
    restart = _RESTARTS.get(window.get("restart", "no"))
    return f"{told}, {gettext(restart)}" if restart else told


def _last(window: Row) -> str:
    count = window["count"]
    spans = {
        "day": ngettext("in the last %(count)s day", "in the last %(count)s days", count),
        "month": ngettext("in the last %(count)s month", "in the last %(count)s months", count),
        "year": ngettext("in the last %(count)s year", "in the last %(count)s years", count),
    }
    return spans[window["unit"]] % {"count": count}


def _from_joining(window: Row) -> str:
    count = window["count"]
    spans = {
        "day": ngettext(
            "in the stretch of %(count)s day from joining",
            "in the stretch of %(count)s days from joining",
            count,
        ),
        "month": ngettext(
            "in the stretch of %(count)s month from joining",
            "in the stretch of %(count)s months from joining",
            count,
        ),
    }
    return spans[window["unit"]] % {"count": count}


def _from_first(window: Row) -> str:
    count = window["count"]
    spans = {
        "day": ngettext(
            "within %(count)s day from the first time", "within %(count)s days from the first time", count
        ),
        "month": ngettext(
            "within %(count)s month from the first time", "within %(count)s months from the first time", count
        ),
    }
    return spans[window["unit"]] % {"count": count}


def _with_previous(window: Row) -> str:
    sentence = ngettext(
        "in this calendar year and the %(count)s before it",
        "in this calendar year and the %(count)s before it",
        window["count"],
    )
    return sentence % {"count": window["count"]}


def _chain(window: Row) -> str:
    sentence = ngettext(
        "as long as at most %(count)s day passes in between",
        "as long as at most %(count)s days pass in between",
        window["count"],
    )
    return sentence % {"count": window["count"]}


def _membership_year(window: Row) -> str:
    if window.get("from") == "join_month":
        return gettext("in the membership year, from the first of the month of joining")
    return gettext("in the membership year")


_WITHIN: dict[str, Tell] = {
    "lifetime": lambda window: gettext("since joining"),
    "calendar": lambda window: gettext(_DURING[window["unit"]]),
    "year_from": lambda window: gettext("in the year that begins on %(day)s") % {"day": day_of_year(window)},
    "own": lambda window: (
        gettext("in the period of %(calendar)s") % {"calendar": name_of("calendars", window["calendar"])}
    ),
    "membership_year": _membership_year,
    "since_join": _from_joining,
    "trailing": _last,
    "this_and_previous": _with_previous,
    "since_last_run": lambda window: gettext("since the last time"),
    "opened_by_first": _from_first,
    "chain": _chain,
}


def at_end_of(window: Row) -> str:
    """“at the end of each quarter”, of a window that has an end."""
    return _AT_END[window["kind"]](window)


def _every_from_joining(window: Row) -> str:
    count = window["count"]
    spans = {
        "day": ngettext("every %(count)s day from joining", "every %(count)s days from joining", count),
        "month": ngettext("every %(count)s month from joining", "every %(count)s months from joining", count),
    }
    return spans[window["unit"]] % {"count": count}


def _after_first(window: Row) -> str:
    count = window["count"]
    spans = {
        "day": ngettext("%(count)s day after the first time", "%(count)s days after the first time", count),
        "month": ngettext(
            "%(count)s month after the first time", "%(count)s months after the first time", count
        ),
    }
    return spans[window["unit"]] % {"count": count}


def _after_last(window: Row) -> str:
    count = window["count"]
    sentence = ngettext(
        "when more than %(count)s day has passed since the last time",
        "when more than %(count)s days have passed since the last time",
        count,
    )
    return sentence % {"count": count}


_AT_END: dict[str, Tell] = {
    "calendar": lambda window: gettext(_ENDS[window["unit"]]),
    "year_from": lambda window: (
        gettext("at the end of each year that begins on %(day)s") % {"day": day_of_year(window)}
    ),
    "own": lambda window: (
        gettext("at the end of each period of %(calendar)s")
        % {"calendar": name_of("calendars", window["calendar"])}
    ),
    "membership_year": lambda window: gettext("at the end of each membership year"),
    "since_join": _every_from_joining,
    "this_and_previous": lambda window: gettext("at the end of each year"),
    "opened_by_first": _after_first,
    "chain": _after_last,
}


def schedule(row: Row) -> str:
    """When something runs, as a clause."""
    sentence = _RUNS[row.get("kind", "at_once")](row)
    if days := row.get("booked_days"):
        booked = ngettext("%(when)s, booked %(days)s day later", "%(when)s, booked %(days)s days later", days)
        return booked % {"when": sentence, "days": days}
    return sentence


def _window_end(row: Row) -> str:
    days = row.get("offset_days", 0)
    if not days:
        return at_end_of(row["window"])
    sentence = ngettext("%(end)s and %(days)s day more", "%(end)s and %(days)s days more", days)
    return sentence % {"end": at_end_of(row["window"]), "days": days}


_RUNS: dict[str, Tell] = {
    "at_once": lambda row: gettext("at once"),
    "window_end": _window_end,
    "dates": lambda row: gettext("on %(days)s") % {"days": some_days(row["dates"])},
    "yearly": lambda row: gettext("each year on %(day)s") % {"day": day_of_year(row)},
    "weekday": lambda row: gettext("every week on %(day)s") % {"day": weekday(row["weekday"])},
    "on_demand": lambda row: (
        gettext("when staff do it") if row.get("by") == "staff" else gettext("when the member asks for it")
    ),
}


def some_days(days: list[str]) -> str:
    """Few days by name; of many how many they are."""
    if len(days) <= 8:
        return both([day(one) for one in sorted(days)])
    facts = {"count": len(days), "first": day(min(days)), "last": day(max(days))}
    return gettext("%(count)s days between %(first)s and %(last)s") % facts


def weekday(key: str) -> str:
    return gettext(WEEKDAYS[key])


def lifetime(row: Row) -> str:
    """How long something can be used, as a clause."""
    found = [_LASTS[row.get("kind", "none")](row), *_exceptions(row)]
    return "; ".join(found)


def _exceptions(row: Row) -> Iterator[str]:
    if years := row.get("extended_years"):
        sentence = ngettext(
            "each new activity makes it last %(count)s year longer",
            "each new activity makes it last %(count)s years longer",
            years,
        )
        yield sentence % {"count": years}
    if tiers := row.get("suspended_for"):
        held = {"tiers": either([name_of("tiers", tier) for tier in tiers])}
        yield gettext("nothing lapses for members in %(tiers)s") % held
    for tier, own in row.get("by_tier", {}).items():
        facts = {"tier": name_of("tiers", tier), "lifetime": lifetime(own)}
        yield gettext("for %(tier)s: %(lifetime)s") % facts


def _counted(row: Row) -> str:
    count = row["count"]
    sentences = {
        "days": ngettext("valid for %(count)s day", "valid for %(count)s days", count),
        "months": ngettext("valid for %(count)s month", "valid for %(count)s months", count),
        "years": ngettext("valid for %(count)s year", "valid for %(count)s years", count),
    }
    return sentences[row["kind"]] % {"count": count}


def _to_end(row: Row) -> str:
    count = row.get("count", 0)
    if not count:
        return gettext(_TO_END[row["kind"]])
    sentences = {
        "end_of_month": ngettext(
            "valid to the end of the month, %(count)s month on",
            "valid to the end of the month, %(count)s months on",
            count,
        ),
        "end_of_quarter": ngettext(
            "valid to the end of the quarter, %(count)s quarter on",
            "valid to the end of the quarter, %(count)s quarters on",
            count,
        ),
        "end_of_half_year": ngettext(
            "valid to the end of the half-year, %(count)s half-year on",
            "valid to the end of the half-year, %(count)s half-years on",
            count,
        ),
        "end_of_year": ngettext(
            "valid to the end of the year, %(count)s year on",
            "valid to the end of the year, %(count)s years on",
            count,
        ),
    }
    return sentences[row["kind"]] % {"count": count}


_TO_END = {
    "end_of_month": later("valid to the end of the month"),
    "end_of_quarter": later("valid to the end of the quarter"),
    "end_of_half_year": later("valid to the end of the half-year"),
    "end_of_year": later("valid to the end of the year"),
}


def _fixed_day(row: Row) -> str:
    count = row.get("count", 1)
    if count == 1:
        return gettext("valid to the next %(day)s") % {"day": day_of_year(row)}
    return gettext("valid to %(day)s for the %(count)sth time") % {"day": day_of_year(row), "count": count}


def _own(row: Row) -> str:
    count, calendar = row.get("count", 0), {"calendar": name_of("calendars", row["calendar"])}
    if not count:
        return gettext("valid to the end of the period of %(calendar)s") % calendar
    sentence = ngettext(
        "valid to the end of the period of %(calendar)s, %(count)s period on",
        "valid to the end of the period of %(calendar)s, %(count)s periods on",
        count,
    )
    return sentence % {**calendar, "count": count}


def _sweep(row: Row) -> str:
    months = row.get("min_months", 0)
    if not months:
        return gettext("lapses on the next %(day)s") % {"day": day_of_year(row)}
    sentence = ngettext(
        "lapses on the first %(day)s on which it is at least %(count)s month old",
        "lapses on the first %(day)s on which it is at least %(count)s months old",
        months,
    )
    return sentence % {"day": day_of_year(row), "count": months}


ACTIVITIES = {
    "earn": later("earn something"),
    "redeem": later("use something"),
    "purchase": later("shop"),
    "login": later("log in"),
    "mail_opened": later("open a letter from us"),
    "act": later("do anything in the club"),
}


def activities(keys: list[str]) -> str:
    """“shop or log in”, after “when you last did”."""
    return either([gettext(ACTIVITIES[key]) for key in keys])


def _while_active(row: Row) -> str:
    count = row["months"]
    facts = {"count": count, "activities": activities(row.get("since", ["act"]))}
    if row.get("full_months"):
        sentence = ngettext(
            "lapses when a member does not %(activities)s for %(count)s whole calendar month",
            "lapses when a member does not %(activities)s for %(count)s whole calendar months",
            count,
        )
    else:
        sentence = ngettext(
            "lapses when a member does not %(activities)s for %(count)s month",
            "lapses when a member does not %(activities)s for %(count)s months",
            count,
        )
    return sentence % facts


_LASTS: dict[str, Tell] = {
    "none": lambda row: gettext("never lapses"),
    "days": _counted,
    "months": _counted,
    "years": _counted,
    "end_of_month": _to_end,
    "end_of_quarter": _to_end,
    "end_of_half_year": _to_end,
    "end_of_year": _to_end,
    "fixed_day": _fixed_day,
    "own": _own,
    "sweep": _sweep,
    "while_active": _while_active,
}


def calendar(row: Row) -> Iterator[str]:
    """A calendar of the programme's own."""
    starts = row["starts"]
    sentence = ngettext(
        "%(count)s period from %(first)s to %(last)s",
        "%(count)s periods from %(first)s to %(last)s",
        len(starts),
    )
    yield sentence % {"count": len(starts), "first": day(starts[0]), "last": day(row["ends"])}
    if len(starts) > 1:
        yield gettext("they begin on %(days)s") % {"days": some_days(starts)}
    if len(row.get("labels", ())) in range(1, 9):
        yield gettext("they are called %(labels)s") % {"labels": both([told(one) for one in row["labels"]])}
