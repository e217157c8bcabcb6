"""Whatever a programme file can say, its form shows, and a browser sends back the same."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.http import QueryDict

from loyalty.engine.files import read_programme
from loyalty.forms.controls import Control, Drawing
from loyalty.forms.offers import Offers
from loyalty.forms.parts import top
from loyalty.forms.posted import Posted, tidy
from loyalty.forms.rehearsal import REHEARSAL
from loyalty.queries.documents import groups, kinds
from loyalty.queries.presets import PRESETS

SCENARIOS = Path(__file__).parents[1] / "loyalty" / "scenarios"
FILES = sorted([*PRESETS.glob("*/programme*.yaml"), *SCENARIOS.glob("*/programme*.yaml")])


def sent(controls: list[Control]) -> Iterator[tuple[str, str]]:
    """What a browser sends of the controls, untouched."""
    for one in controls:
        if one.kind == "yes_no":
            yield from [(one.name, "on")] if one.value else []
        elif one.kind == "several":
            yield from ((one.name, key) for key, _words in one.choices if key in one.value)
            yield from sent(one.controls) if one.is_open else ()
        elif one.kind in ("rows", "conditions"):
            yield from ((row.name, "") for row in one.controls)
            yield from sent(one.controls)
        elif one.kind == "condition":
            yield f"{one.name}.asks", str(one.value)
            yield from sent(one.controls)
        elif one.kind in ("group", "by_tier", "words"):
            yield from sent(one.controls)
        elif one.kind == "choice":
            assert one.value in {key for key, _words in one.choices} or not one.value, one.name
            yield one.name, str(one.value or one.choices[0][0])
        else:
            yield one.name, one.shown if one.kind == "number" else str(one.value)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_form_that_is_saved_untouched_changes_nothing(db: None, path: Path) -> None:
    document = read_programme(path.read_bytes())
    language = str(document.get("language", "sv"))
    drawing = Drawing(Offers(document, language), {}, "SEK")
    for kind in (*kinds(), *groups()):
        found: Any = document.get(kind, [])
        for fragment in found if isinstance(found, list) else [found]:
            part = top(kind)
            data = QueryDict(mutable=True)
            for name, value in sent(drawing.fields(part, fragment, "")):
                data.appendlist(name, value)
            written = tidy(part, Posted.of(data).read(part), language)
            assert unordered(written) == unordered(tidy(part, fragment, language)), (kind, fragment)
            lost = set(fragment) - set(written or {})
            assert {name for name in lost if not is_default(kind, name, fragment[name])} == set()


@pytest.mark.parametrize("named", [["check", "bonus"], ["2", "latest", "check"], ["bonus", "1", "check"]])
def test_vouchers_are_used_in_the_order_in_which_a_rehearsal_names_them(db: None, named: list[str]) -> None:
    rewards = [{"key": key, "name": key, "kind": "money_off"} for key in ("bonus", "check")]
    part = REHEARSAL
    for name in ("happenings", "order", "vouchers"):
        rows = part.row() if part.control == "rows" else part
        part = next(one for one in rows.fields() if one.field == name)
    control = Drawing(Offers({"rewards": rewards}), {}, "SEK").control(part, named, "vouchers")
    data = QueryDict(mutable=True)
    for name, value in sent([control]):
        data.appendlist(name, value)
    assert Posted.of(data).read(part, "vouchers") == named


def unordered(written: Any) -> Any:
    """The choices of several stand in the order of the form."""
    if isinstance(written, dict):
        return {name: unordered(value) for name, value in written.items()}
    if isinstance(written, list) and all(isinstance(one, str) for one in written):
        return sorted(written)
    return [unordered(one) for one in written] if isinstance(written, list) else written


def is_default(kind: str, name: str, value: Any) -> bool:
    part = next(one for one in top(kind).fields() if one.field == name)
    return tidy(part, value, "sv") in (None, part.default)
