"""The result of a trial as tables: worded for the page, in plain numbers for the file."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import chain, pairwise

from django.conf import settings
from django.utils.formats import date_format, number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from loyalty import queries
from loyalty.engine.expansion import is_hidden
from loyalty.engine.trial import BENEFITS
from loyalty.queries.programmes import names_of
from loyalty.queries.trial_reports import LOST, Checks, Report, Side

COLOURS = ("var(--color-primary-600)", "var(--color-primary-300)")


@dataclass(frozen=True, slots=True)
class Cell:
    """``text`` as a person reads it, ``number`` as a spreadsheet does."""

    text: str
    number: int | Decimal | str


@dataclass(frozen=True, slots=True)
class Table:
    """``chart`` is what the console's chart component draws, or empty; ``legend`` names its bars."""

    title: str
    head: list[str]
    rows: list[list[Cell]]
    chart: str = ""
    legend: Sequence[str] = ()


def tables_of(report: Report) -> list[Table]:
    every = [_summary(report), _gains(report), _benefits(report), _tiers(report), _months(report)]
    return [table for table in every if table.rows]


def _summary(report: Report) -> Table:
    columns = [dict(_told(report, side)) for side in report.sides]
    labels = list(dict.fromkeys(chain.from_iterable(columns)))
    rows = [
        [_word(capfirst(label)), *(column.get(label, _word("–")) for column in columns)] for label in labels
    ]
    return Table(_("In all"), ["", *_names(report)], rows)


def _told(report: Report, side: Side) -> Iterator[tuple[str, Cell]]:
    issued, used, lost = side.checks("issued"), side.checks("redeemed"), side.checks(*LOST)
    for meter in _meters(side):
        yield _("%(points)s earned") % _called(side, meter), _points(side, meter, side.points(meter, "earn"))
        taken = -side.points(meter, "reverse")
        yield _("%(points)s taken back for returns") % _called(side, meter), _points(side, meter, taken)
    yield from _of_checks(_("Checks issued"), _("Worth of checks issued"), issued)
    yield from _of_checks(_("Checks used"), _("Cost of checks used"), used)
    yield _("Cost as a share of what was bought"), _share(used.ore, report.sold())
    yield from _of_checks(_("Checks lapsed or cancelled"), _("Worth of checks lapsed or cancelled"), lost)
    yield from _of_checks(
        _("Checks that can be used at the end"),
        _("Worth of checks that can be used at the end"),
        side.open_checks,
    )
    for meter in _meters(side):
        if side.rules.programme.meters[meter].is_spendable:
            left = _points(side, meter, side.outstanding(meter))
            yield _("%(points)s outstanding at the end") % _called(side, meter), left
        worth = side.worth(meter)
        if worth is not None:
            yield _("Worth of %(points)s outstanding at the end") % _called(side, meter), _money(worth)
    yield _("Liability at the end"), _money(side.liability_ore)


def _of_checks(count: str, worth: str, checks: Checks) -> Iterator[tuple[str, Cell]]:
    yield count, _count(checks.number)
    yield worth, _money(checks.ore)


def _gains(report: Report) -> Table:
    change = report.change
    rows = [
        [_word(_("gain")), _count(change["gain",]), _money(change["gain_ore",])],
        [_word(_("lose")), _count(change["lose",]), _money(change["lose_ore",])],
        [_word(_("get the same")), _count(change["same",]), _money(0)],
    ]
    title = _("Who gains and who loses against today's programme")
    return Table(title, ["", _("Members"), _("In all")], rows if report.today else [])


def _benefits(report: Report) -> Table:
    sides = [side.benefits() for side in report.sides]
    labels = list(_groups())
    rows = [[_word(label), *(_count(side[group]) for side in sides)] for group, label in enumerate(labels)]
    chart = _chart(labels, _names(report), sides)
    head = [_("Worth"), *_names(report)]
    return Table(_("Members by what they get"), head, rows, chart, _names(report))


def _groups() -> Iterator[str]:
    yield _("nothing")
    yield _("less than %(high)s") % {"high": _kronor(BENEFITS[1])}
    for low, high in pairwise(BENEFITS[1:]):
        yield _("%(low)s to %(high)s") % {"low": _kronor(low), "high": _kronor(high)}
    yield _("%(low)s and more") % {"low": _kronor(BENEFITS[-1])}


def _tiers(report: Report) -> Table:
    columns = []
    for side in report.sides:
        with names_of(side.document):
            columns.append({_tier(ladder, tier): count for ladder, tier, count in side.tiers()})
    labels = list(dict.fromkeys(chain.from_iterable(columns)))
    rows = [
        [_word(label), *(_count(column[label]) if label in column else _word("–") for column in columns)]
        for label in labels
    ]
    return Table(_("Members by tier at the end"), [_("Tier"), *_names(report)], rows)


def _tier(ladder: str, tier: str) -> str:
    name = queries.name_of("tiers", tier) if tier else _("no tier")
    return f"{queries.name_of('tier_ladders', ladder)}: {name}"


def _months(report: Report) -> Table:
    head = [_("Month"), _("Orders"), _("Bought and kept")]
    for side in report.sides:
        meters = [_("%(points)s earned") % _called(side, meter) for meter in _meters(side)]
        columns = [*meters, _("Checks issued"), _("Worth of checks issued"), _("Cost of checks used")]
        head += [f"{side.name}: {column}" for column in columns]
    rows = [[*_month(report, month)] for month in report.months]
    spent = [
        [side.checks("issued", month=month).ore // 100 for month in report.months] for side in report.sides
    ]
    labels = [_month_name(month) for month in report.months]
    worth = _("worth of checks issued")
    legend = [f"{name}: {worth}" for name in _names(report)]
    chart = _chart(labels, legend, spent)
    return Table(_("Month by month"), head, rows, chart, legend)


def _month(report: Report, month: str) -> Iterator[Cell]:
    yield Cell(_month_name(month), month)
    yield _count(report.orders(month))
    yield _money(report.sold(month))
    for side in report.sides:
        issued = side.checks("issued", month=month)
        for meter in _meters(side):
            yield _points(side, meter, side.points(meter, "earn", month=month))
        yield from (
            _count(issued.number),
            _money(issued.ore),
            _money(side.checks("redeemed", month=month).ore),
        )


def _month_name(month: str) -> str:
    """On one line, however narrow its column is."""
    return date_format(date.fromisoformat(f"{month}-01"), "M\xa0Y")


def _names(report: Report) -> list[str]:
    return [side.name for side in report.sides]


def _meters(side: Side) -> list[str]:
    """Those that have a name to people."""
    return [meter for meter in side.rules.programme.meters if not is_hidden(meter)]


def _called(side: Side, meter: str) -> dict[str, str]:
    with names_of(side.document):
        name = queries.name_of("meters", meter)
    return {"points": name}


def _points(side: Side, meter: str, amount: int) -> Cell:
    unit = side.rules.programme.meters[meter].unit
    with names_of(side.document):
        return Cell(queries.amount_of(meter, amount), amount if unit == 1 else Decimal(amount) / unit)


def _count(number: int) -> Cell:
    return Cell(number_format(number, force_grouping=True), number)


def _money(ore: int) -> Cell:
    return Cell(_kronor(round(ore, -2)), Decimal(ore) / 100)


def _kronor(ore: int) -> str:
    return queries.money(ore, settings.CLUB_CURRENCY)


def _share(part: int, whole: int) -> Cell:
    share = round(Decimal(100 * part) / whole, 2) if whole else Decimal(0)
    return Cell(f"{number_format(share, 2)} %", share)


def _word(text: str) -> Cell:
    return Cell(text, text)


def _chart(labels: Sequence[str], names: Sequence[str], columns: Sequence[Sequence[int]]) -> str:
    """Bars side by side as unfold's chart component reads them."""
    looks = {"maxBarThickness": 18, "borderRadius": 3, "displayYAxis": True, "grouped": True}
    bars = [
        {"label": name, "data": list(column), "backgroundColor": colour, **looks}
        for name, column, colour in zip(names, columns, COLOURS, strict=False)
    ]
    return json.dumps({"labels": list(labels), "datasets": bars})
