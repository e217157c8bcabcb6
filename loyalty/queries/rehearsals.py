"""Rehearsing a programme file, and its ledger in words. Asks no database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as later

from loyalty.engine import files, scenario
from loyalty.engine.errors import FileRefused
from loyalty.engine.memory import MemoryClub, Row
from loyalty.engine.programme import Programme, Timetable, parse
from loyalty.engine.rehearsal import Difference, rehearse
from loyalty.models import Entry
from loyalty.queries.programmes import names_of
from loyalty.queries.wording import amount_of, explain, money, name_of

HAPPENED = {
    "joined": later("joined"),
    "nothing": later("no points"),
    "tier": later("tier"),
    "closed": later("membership ended"),
    "voucher.issued": later("voucher issued"),
    "voucher.redeemed": later("voucher used"),
    "voucher.reopened": later("voucher can be used again"),
    "voucher.expired": later("voucher lapsed"),
    "voucher.cancelled": later("voucher cancelled"),
}


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A scenario that was played: its ledger, and every difference from what it expects."""

    title: str
    document: Mapping[str, Any]
    programme: Programme
    rows: Sequence[Row]
    differences: Sequence[Difference]


def rehearsal_of(document: Mapping[str, Any], scenario_text: str | bytes) -> Rehearsal:
    """Play a scenario file under a checked programme document. Raises ``FileRefused``."""
    programme = parse(document)
    source = files.read_scenario(scenario_text)
    played = scenario.read(source, programme)
    if errors := scenario.errors_of(played, programme):
        raise FileRefused(errors)
    club = MemoryClub(Timetable(((played.starts_at, None, programme),)))
    differences = rehearse(played, programme, club)
    return Rehearsal(played.title, document, programme, club.rows, differences)


def ledger_table(rehearsal: Rehearsal) -> list[list[str]]:
    """The ledger in the active language: a heading, then day, who, what, amount, balance, why."""
    heading = [
        gettext("Day"), gettext("Member"), gettext("What"), gettext("Amount"), gettext("Balance"), gettext("Why"),
    ]  # fmt: skip
    with names_of(rehearsal.document):
        return [heading, *(_told(rehearsal.programme, row) for row in rehearsal.rows)]


def _told(programme: Programme, row: Row) -> list[str]:
    day = row.at.astimezone(programme.zone).date().isoformat()
    return [day, row.member, _what(row), _amount(programme, row), _balance(row), explain(row.because)]


def _what(row: Row) -> str:
    if row.what in HAPPENED:
        return gettext(HAPPENED[row.what])
    return str(Entry.Kind(row.what).label)


def _amount(programme: Programme, row: Row) -> str:
    if row.what == "tier":
        return name_of("tiers", row.tier) if row.tier else "–"
    if row.value:
        return money(row.value, programme.currency)
    return amount_of(row.meter, row.amount) if row.amount is not None else ""


def _balance(row: Row) -> str:
    return amount_of(row.meter, row.balance) if row.balance is not None else ""
