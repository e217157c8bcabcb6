"""The stage of a rehearsal: the rows of its form, and what came of playing them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from loyalty.engine import files
from loyalty.engine.errors import FileRefused, ProgrammeError
from loyalty.forms.controls import Control, Drawing
from loyalty.forms.layout import folded
from loyalty.forms.mistakes import in_words
from loyalty.forms.offers import Offers
from loyalty.forms.outcome import expectation_of, outcome_in_words
from loyalty.forms.posted import Posted, tidy
from loyalty.forms.rehearsal import MEMBER, REHEARSAL, missing_in, place_in_form, rows_of, scenario_of
from loyalty.queries.programmes import names_of
from loyalty.queries.rehearsals import Rehearsal, ledger_table, rehearsal_of
from loyalty.queries.scenarios import scenario_text
from members.api.sentences import sentence_of

EVERYTHING = "all"
MOST_ROWS = 200


@dataclass
class Stage:
    """Of one draft: its ``document``, language and currency.

    ``typed`` is what the form shows, ``scenario`` and ``rehearsal`` are there once it could be played.
    """

    document: Mapping[str, Any]
    language: str
    currency: str
    title: str = ""
    errors: Sequence[ProgrammeError] = ()
    typed: dict[str, Any] = field(default_factory=lambda: {"happenings": [_next({})]})
    scenario: dict[str, Any] = field(default_factory=dict)
    rehearsal: Rehearsal | None = None

    def take(self, data: QueryDict) -> None:
        """What was posted: rows that come or go as they were typed, everything else played."""
        typed = Posted.of(data).read(REHEARSAL)
        self.title = data.get("title", "").strip()
        if {"add", "remove", "look"} & set(data):
            self.typed = typed | {"happenings": _continued(typed["happenings"])}
            return
        self.typed = {"happenings": [], **(tidy(REHEARSAL, typed, self.language) or {})}
        self._play()
        if self.rehearsal and "expect" in data:
            self._expect(self.rehearsal, data.get("expect", EVERYTHING))

    def open(self, text: str | bytes, title: str = "") -> None:
        """Show what a scenario file says, and play it."""
        try:
            scenario = files.read_scenario(text).value
            if "versions" in scenario:
                raise FileRefused([ProgrammeError("other versions can only be read beside a programme file")])
            if len(scenario["happenings"]) > MOST_ROWS:
                raise FileRefused([ProgrammeError(f"more than {MOST_ROWS} happenings")])
        except FileRefused as refused:
            self.errors = refused.errors
            return
        self.title, self.typed = title or scenario["scenario"], rows_of(scenario)
        self._play()

    def is_ready_to_keep(self) -> bool:
        """Whether it was played and has a name; where nothing is expected of it, all that came out is."""
        if self.rehearsal is None:
            return False
        if not self.title:
            self.errors = [ProgrammeError("'title' is missing")]
            return False
        if not any("expect" in row for row in self.typed["happenings"]):
            self._expect(self.rehearsal, EVERYTHING)
        return True

    def _play(self) -> None:
        self.errors = missing_in(self.typed["happenings"])
        if not self.typed["happenings"] or self.errors:
            return
        self.scenario = scenario_of(self.typed, self.title or _("Rehearsal"))
        self._place_stores()
        try:
            self.rehearsal = rehearsal_of(self.document, scenario_text(self.scenario))
        except FileRefused as refused:
            self.errors = refused.errors

    def _place_stores(self) -> None:
        """A store of the shop lies where it lies, also in a rehearsal."""
        stores = {store.code: store for store in Offers(self.document).all_stores}
        for one in self.scenario["happenings"]:
            order = one.get("order", {})
            store = stores.get(order.get("store"))
            known = {name: getattr(store, name, "") for name in ("chain", "region", "country")}
            one |= (
                {"order": {**{name: told for name, told in known.items() if told}, **order}} if store else {}
            )

    def _expect(self, rehearsal: Rehearsal, which: str) -> None:
        """Expect what came out, of one row by its number from 0 or of all of them."""
        for number, (row, played) in enumerate(
            zip(self.scenario["happenings"], rehearsal.played, strict=True)
        ):
            if which in (EVERYTHING, str(number)):
                row["expect"] = expectation_of(rehearsal.programme, played)
        self.typed = rows_of(self.scenario)
        self._play()

    def told(self) -> dict[str, Any]:
        """What the page shows."""
        controls = self._controls()
        shown = {one.name for control in controls for one in control.all()}
        placed = {place_in_form(error) for error in self.errors} & shown
        return {
            "controls": controls,
            "errors": [_unplaced(one) for one in self.errors if place_in_form(one) not in placed],
            "ledger": ledger_table(self.rehearsal) if self.rehearsal else [],
            "differences": len(self.rehearsal.differences) if self.rehearsal else 0,
            "scenario_title": self.title,
        }

    def _controls(self) -> list[Control]:
        drawing = Drawing(Offers(self.document, self.language), self._mistakes(), self.currency)
        controls = drawing.fields(REHEARSAL, self.typed, "")
        folded(controls)
        for number, row in enumerate(self._rows(controls)):
            row.outcome = self._outcome(number)
        return controls

    def _rows(self, controls: Sequence[Control]) -> Sequence[Control]:
        """The row of each happening, each offering everybody who is named in another one."""
        rows = next(one for one in controls if one.name == "happenings").controls
        people = dict.fromkeys(row.get("member") or MEMBER for row in self.typed["happenings"])
        for row in rows:
            who = next(one for one in row.controls if one.name.endswith(".member"))
            who.choices = [(name, name) for name in people]
        return rows

    def _mistakes(self) -> dict[str, list[str]]:
        """By the control: what is wrong, and what came out otherwise than expected."""
        found: dict[str, list[str]] = {}
        for error in self.errors:
            found.setdefault(place_in_form(error), []).append(in_words(error.message))
        for one in self.rehearsal.differences if self.rehearsal else ():
            told = _("Came out otherwise: %(got)s") % {"got": _plain(one.got)}
            found.setdefault(".".join(map(str, one.place)), []).append(told)
        return found

    def _outcome(self, number: int) -> list[str]:
        if self.rehearsal is None or number >= len(self.rehearsal.played):
            return []
        played = self.rehearsal.played[number]
        with names_of(self.document):
            if played.refusal:
                return [
                    _("Refused: %(why)s") % {"why": sentence_of(played.refusal.key, played.refusal.facts)}
                ]
            return outcome_in_words(self.rehearsal.programme, played)


def _continued(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """A new row begins where the one before it ended."""
    return [row or _next(before) for before, row in zip([{}, *rows], rows, strict=False)]


def _next(before: Mapping[str, Any]) -> dict[str, Any]:
    day = before.get("day") or timezone.localdate().isoformat()
    return {"day": day, "member": before.get("member") or MEMBER}


def _plain(got: object) -> str:
    if got is None:
        return _("nothing")
    if isinstance(got, list):
        return str(len(got))
    return str(got)


def _unplaced(error: ProgrammeError) -> str:
    """A mistake in a row, with the number of the row."""
    rows = [part for part in error.place if isinstance(part, int)]
    told = in_words(error.message)
    return _("Row %(row)s: %(mistake)s") % {"row": rows[0] + 1, "mistake": told} if rows else told
