"""What is wrong with a programme document, or hardly meant, as far as it can be told."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from loyalty.engine.checks import check
from loyalty.engine.errors import Place
from loyalty.engine.files import shape_errors
from loyalty.engine.references import Finding

_MISSING = re.compile(r"^'(\w+)' is missing")


def findings_of(document: Mapping[str, Any]) -> list[Finding]:
    """Mistakes of form, or where there are none everything that ``check`` finds; errors before warnings."""
    mistakes = [Finding(error.message, error.place) for error in shape_errors(dict(document), "programme")]
    found = mistakes or check(document)
    return sorted((_at_its_field(one) for one in found), key=lambda one: not one.is_error)


def findings_at(findings: Sequence[Finding], place: Place) -> list[Finding]:
    """Those of an object or a group, with their place in it."""
    return [
        Finding(one.message, one.place[len(place) :], one.is_error)
        for one in findings
        if one.place[: len(place)] == place
    ]


def _at_its_field(finding: Finding) -> Finding:
    """A field that is missing is found at its group: move it to where it is to be filled in."""
    missing = _MISSING.match(finding.message)
    if missing is None or not finding.place:
        return finding
    return Finding(finding.message, (*finding.place, missing[1]), finding.is_error)
