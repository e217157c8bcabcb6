"""A fragment of the programme document drawn as controls that a template renders."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from django.utils.formats import get_format
from django.utils.translation import gettext as _

from loyalty.forms.needed import ANSWERS, ASKED, NONE, asked, decider, questions, told_of
from loyalty.forms.offers import Choices, Offers
from loyalty.forms.parts import Part
from loyalty.forms.posted import LANGUAGES, within
from loyalty.forms.words import help_of, label_of, unit_of, value_of

Errors = Mapping[str, list[str]]
# What is done in the order in which it is named: those chosen stand first, as they were, and the rest is written.
IN_ORDER = ("vouchers",)


@dataclass
class Control:
    """``kind`` names its look; ``when`` is the control that must have one of ``values`` for this to matter.

    ``is_open`` of a group: its fields are in sight; of a choice: a word of one's own can be written.
    ``redraws``: what is chosen decides which fields there are. ``outcome``: what playing a row came to.
    """

    kind: str
    name: str
    label: str
    help: str = ""
    unit: str = ""
    value: Any = ""
    is_required: bool = False
    errors: list[str] = field(default_factory=list)
    choices: Choices = field(default_factory=list)
    is_open: bool = False
    controls: list["Control"] = field(default_factory=list)
    when: str = ""
    values: str = ""
    redraws: bool = False
    outcome: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        return f"id_{self.name}"

    @property
    def shown(self) -> str:
        """A number as it is written in the active language."""
        return str(self.value).replace(".", get_format("DECIMAL_SEPARATOR"))

    @property
    def has_errors(self) -> bool:
        return bool(self.errors) or any(one.has_errors for one in self.controls)

    @property
    def is_filled(self) -> bool:
        return self.value not in ("", None, [], {}, False)

    def all(self) -> "Iterator[Control]":
        """This one and every one in it."""
        yield self
        for one in self.controls:
            yield from one.all()


@dataclass
class Drawing:
    """Draws for one version: its choices, the errors by name, the unit of money."""

    offers: Offers
    errors: Errors
    currency: str

    def control(self, part: Part, value: Any, name: str, is_required: bool = True) -> Control:
        """The control of ``part`` as ``name``, holding ``value``."""
        drawn = getattr(self, f"_{part.control}", self._plain)(part, value, name, is_required)
        made: Control = drawn
        made.errors = self.errors.get(name, [])
        if decided := decider(part):
            made.when, made.values = within(name.rpartition(".")[0], decided[0]), decided[1]
        return made

    def fields(self, part: Part, value: Any, name: str, is_required: bool = True) -> list[Control]:
        """The controls of the fields of a group."""
        given = value if isinstance(value, Mapping) else {}
        return [
            self.control(one, given.get(one.field), within(name, one.field), is_required and one.is_required)
            for one in part.fields()
        ]

    def _made(self, part: Part, kind: str, name: str, value: Any, is_required: bool = False) -> Control:
        return Control(
            kind, name, label_of(part), help_of(part), unit_of(part, self.currency), value, is_required
        )

    def _plain(self, part: Part, value: Any, name: str, is_required: bool) -> Control:
        kind = "key" if part.field == "key" else part.control
        made = self._made(part, kind, name, "" if value is None else value, is_required)
        choices = self.offers.of(part) if kind == "text" else None
        if choices is None:
            return made
        none = [(NONE, _("none"))] if part.may_be_none else []
        return self._pick(part, made, [*choices, *none])

    def _pick(self, part: Part, made: Control, choices: Choices) -> Control:
        made.kind, made.is_open = "choice", self.offers.is_open(part)
        known = {key for key, _words in choices}
        unknown = [(made.value, made.value)] if made.value and made.value not in known else []
        chosen = made.value or part.default or ""
        is_sure = (made.is_required and len(choices) == 1) or (chosen and not made.value)
        made.choices = [*([] if is_sure else [("", "–")]), *choices, *unknown]
        made.value = chosen
        return made

    def _choice(self, part: Part, value: Any, name: str, is_required: bool) -> Control:
        made = self._made(part, "choice", name, value or part.default or "", is_required)
        known = [(one, value_of(part, one)) for one in part.schema["enum"]]
        is_sure = is_required or (part.default is not None and not part.is_required)
        made.choices = known if is_sure else [("", "–"), *known]
        if part.is_required and not is_required and not value:
            made.value = ""
        return made

    def _yes_no(self, part: Part, value: Any, name: str, is_required: bool) -> Control:
        return self._made(part, "yes_no", name, part.default if value is None else value)

    def _words(self, part: Part, value: Any, name: str, is_required: bool) -> Control:
        own = self.offers.language
        said = value if isinstance(value, Mapping) else {own: value or ""}
        made = self._made(part, "words", name, said.get(own, ""), is_required)
        others = [language for language in LANGUAGES if language != own]
        made.controls = [
            Control("text", within(name, language), _LANGUAGE_NAMES[language], value=said.get(language, ""))
            for language in (own, *others)
        ]
        return made

    def _several(self, part: Part, value: Any, name: str, is_required: bool) -> Control:
        row, chosen = part.row(), [str(one) for one in value or ()]
        made = self._made(part, "several", name, chosen, is_required)
        choices = self.offers.of(part)
        if "enum" in row.schema:
            choices = [(one, value_of(part, one)) for one in row.schema["enum"]]
        made.choices = choices or []
        known = {key for key, _words in made.choices}
        more = [one for one in chosen if one not in known]
        if part.field in IN_ORDER:
            ticked = list(takewhile(known.__contains__, chosen))
            more = chosen[len(ticked) :]
            made.value = ticked
            made.choices = sorted(made.choices, key=lambda one: _rank(one[0], ticked))
        is_open = self.offers.is_open(part) and "enum" not in row.schema
        made.is_open = bool(more) or not made.choices or is_open
        made.controls = [Control("text", within(name, "more"), "", value=", ".join(more))]
        return made

    def _group(self, part: Part, value: Any, name: str, is_required: bool) -> Control:
        made = self._made(part, "group", name, value, is_required)
        made.controls = self.fields(part, value, name, is_required)
        return made

    def _rows(self, part: Part, value: Any, name: str, is_required: bool) -> Control:
        made = self._made(part, "rows", name, value, is_required)
        if part.row().control == "condition":
            made.kind = "conditions"
        made.controls = [
            self.control(part.row(), row, within(name, number))
            for number, row in enumerate(value or ([{}] if is_required else []))
        ]
        return made

    def _condition(self, part: Part, value: Any, name: str, is_required: bool) -> Control:
        what = asked(value)
        made = self._made(part, "condition", name, what, is_required)
        made.choices = [("", "–"), *((one, value_of(part, one)) for one in ASKED)]
        given = value if isinstance(value, Mapping) else {}
        made.controls = [
            self.control(one, given.get(one.field), within(name, one.field), one.field in (what, *ANSWERS))
            for one in questions(part, what)
        ]
        return made

    def _happening(self, part: Part, value: Any, name: str, is_required: bool) -> Control:
        given = value if isinstance(value, Mapping) else {}
        made = self._made(part, "group", name, value, is_required)
        fields = [one for one in told_of(part, given.get("what", "")) if _is_shown(one, given)]
        made.controls = [
            self.control(one, given.get(one.field), within(name, one.field), one.is_required)
            for one in fields
        ]
        for one in made.controls:
            one.redraws = one.name.endswith(".what")
            one.is_open = one.is_open or one.kind == "group"
        return made

    def _given(self, part: Part, value: Any, name: str, is_required: bool) -> Control:
        given = value if isinstance(value, Mapping) else {}
        made = self._made(part, "given", name, value, is_required)
        made.controls = [
            self.control(one, given[one.field], within(name, one.field), is_required=False)
            for one in part.fields()
            if one.field in given
        ]
        for one in made.controls:
            one.help = ""
        return made

    def _by_key(self, part: Part, value: Any, name: str, is_required: bool) -> Control:
        made, given = self._made(part, "group", name, value, is_required), value or {}
        known = dict(self.offers.keys(part))
        keys = known | {key: key for key in given if key not in known}
        if part.own_group in ("lifetime",) or name.count("by_tier") > 1 or part.group == "expect":
            keys = {key: words for key, words in keys.items() if key in given}
        for key, words in keys.items():
            one = self.control(part.of_key(), given.get(key), within(name, key), is_required=False)
            one.label, one.help = words, ""
            made.controls.append(one)
        return made


def _rank(choice: str, chosen: Sequence[str]) -> int:
    return chosen.index(choice) if choice in chosen else len(chosen)


def _is_shown(part: Part, given: Mapping[str, Any]) -> bool:
    """What is for the reader, or expected, is shown where there is some."""
    return part.field not in ("note", "expect") or bool(given.get(part.field))


_LANGUAGE_NAMES = {"sv": "svenska", "nb": "norsk", "en": "English"}
