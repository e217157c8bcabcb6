"""A template's sliders and pickers as a form: what is left out is as the template has it."""

from typing import Any

from django import forms

from segments.filters import Choices, facts
from segments.queries.templates import Picker, Template, filled, in_words


class TemplateForm(forms.Form):
    def __init__(self, made: Template, told: Any) -> None:
        self.made = made
        initial: dict[str, int | str] = {one.key: one.default for one in made.sliders}
        initial |= {one.key: one.default or _first(one) for one in made.pickers}
        given = {name: told[name] for name in initial if name in told}
        super().__init__({**initial, **given})
        for slider in made.sliders:
            self.fields[slider.key] = forms.IntegerField(min_value=slider.least, max_value=slider.most)
        for picker in made.pickers:
            self.fields[picker.key] = forms.CharField(max_length=200)

    def definition(self) -> Any:
        """With what was chosen; nothing where that will not do."""
        return filled(self.made, self.cleaned_data) if self.is_valid() else None

    def mistakes(self) -> dict[str, str]:
        return {name: str(errors[0]) for name, errors in self.errors.items()}

    def sliders(self) -> list[dict[str, Any]]:
        return [
            {
                "key": one.key,
                "label": in_words(one.label),
                "unit": in_words(one.unit),
                "least": one.least,
                "most": one.most,
                "step": one.step,
                "value": self.data[one.key],
            }
            for one in self.made.sliders
        ]

    def pickers(self) -> list[dict[str, Any]]:
        return [
            {
                "key": one.key,
                "label": in_words(one.label),
                "value": self.data[one.key],
                "choices": _choices(one),
            }
            for one in self.made.pickers
        ]


def _choices(picker: Picker) -> Choices:
    search = facts[picker.of]().where()[picker.detail].search
    return search("") if search else ()


def _first(picker: Picker) -> str:
    return next((str(key) for key, _label in _choices(picker)), "")
