"""Whatever stands in a file, it is read or refused with a reason."""

from collections.abc import Callable
from typing import Any

import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from loyalty.engine import files
from loyalty.engine.errors import FileRefused
from loyalty.engine.parsing import parse
from loyalty.engine.programme import Programme
from loyalty.queries.presets import preset_file
from tests.loyalty.programme_documents import document

DUVAN = preset_file("duvan", "programme").read_text()
SCENARIO = preset_file("duvan", "scenario").read_text()

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.dates(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
hard = settings(max_examples=250, deadline=None)


def reasons(read: Callable[[str | bytes], object], text: str | bytes) -> list[str]:
    """Every sentence of the refusal; none where it was read."""
    try:
        read(text)
    except FileRefused as refused:
        return [str(error) for error in refused.errors]
    return []


@hard
@given(st.text(max_size=200) | st.binary(max_size=200))
@example("%YAML " + "9" * 5000 + ".1\n---\na")
@example("'\\")
def test_no_text_at_all_breaks_the_reader(text: str | bytes) -> None:
    assert reasons(files.read_programme, text)
    assert reasons(files.read_scenario, text)


@hard
@given(anything)
def test_no_other_yaml_breaks_the_reader(value: object) -> None:
    text = yaml.safe_dump(value, allow_unicode=True)
    assert reasons(files.read_programme, text)
    assert reasons(files.read_scenario, text)


@hard
@given(data=st.data())
def test_no_damage_to_a_good_programme_breaks_the_reader(data: st.DataObject) -> None:
    text = damaged(DUVAN, data)
    assert reasons(files.read_programme, text) or isinstance(parse(files.read_programme(text)), Programme)


@hard
@given(data=st.data())
def test_no_damage_to_a_good_scenario_breaks_the_reader(data: st.DataObject) -> None:
    text = damaged(SCENARIO, data)
    assert reasons(files.read_scenario, text) or "happenings" in files.read_scenario(text).value


def damaged(text: str, data: st.DataObject) -> str:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(start + 40, len(text))))
    return text[:start] + data.draw(st.text(max_size=10)) + text[end:]


@hard
@given(data=st.data(), value=anything)
def test_no_value_anywhere_in_a_document_breaks_the_checks(data: st.DataObject, value: object) -> None:
    found = document()
    part: Any = found
    while True:
        keys = list(part) if isinstance(part, dict) else list(range(len(part)))
        key = data.draw(st.sampled_from(keys))
        inner = part[key]
        if isinstance(inner, dict | list) and inner and data.draw(st.booleans()):
            part = inner
        else:
            part[key] = value
            break
    assert files.errors_of(found) or isinstance(parse(found), Programme)
