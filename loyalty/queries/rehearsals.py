"""Rehearsing a programme file, and its ledger in words. Asks no database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as later

from loyalty.engine import files
from loyalty.engine.checks_scenario import Documents, no_others, read_checked
from loyalty.engine.memory import MemoryClub
from loyalty.engine.parsing import parse
from loyalty.engine.programme import Programme, Timetable
from loyalty.engine.records import Row
from loyalty.engine.rehearsal import Difference, Played, play
from loyalty.engine.scenario import Scenario
from loyalty.models import Entry
from loyalty.queries.programmes import names_of
from loyalty.queries.reasons import explain
from loyalty.queries.wording import amount_of, money, name_of

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
    "voucher.reduced": later("voucher worth less"),
    "voucher.given": later("voucher given on"),
    "voucher.chosen": later("chosen from the list"),
    "voucher.claimed": later("voucher claimed"),
    "voucher.reserved": later("voucher reserved"),
    "voucher.released": later("voucher no longer reserved"),
}


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A scenario that was played: its ledger, and every difference from what it expects."""

    title: str
    document: Mapping[str, Any]
    programme: Programme
    rows: Sequence[Row]
    played: Sequence[Played]

    @property
    def differences(self) -> list[Difference]:
        return [difference for one in self.played for difference in one.differences]


def rehearsal_of(
    document: Mapping[str, Any], scenario_text: str | bytes, documents: Documents = no_others
) -> Rehearsal:
    """Play a scenario file under a checked programme document. Raises ``FileRefused``.

    ``documents`` answers the checked document of another version, by the name that the scenario gives its file.
    """
    source = files.read_scenario(scenario_text)
    played = read_checked(source, document, documents)
    timetable = timetable_of(played, document, documents)
    club = MemoryClub(timetable)
    outcomes = play(played, timetable, club)
    return Rehearsal(played.title, document, timetable.versions[-1][2], club.rows, outcomes)


def timetable_of(played: Scenario, document: Mapping[str, Any], documents: Documents) -> Timetable:
    """The programme from the start, and the scenario's other versions from their days."""
    versions = [(played.starts_at, parse(document))]
    for starts_at, name in played.versions:
        versions.append((starts_at, parse(documents(name), key=name)))
    ends = [start for start, _programme in versions[1:]] + [None]
    return Timetable(
        tuple((start, end, version) for (start, version), end in zip(versions, ends, strict=True))
    )


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
