"""What stands first in the form of an object, and what waits behind “More settings”."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from loyalty.forms.controls import Control

# The fields that most objects of the kind need, in the order in which a person thinks of them.
_FIRST = {
    "meters": ("name", "spendable", "lifetime"),
    "rewards": ("name", "kind", "percent", "value", "choices", "fund", "lifetime", "use", "scope"),
    "earning_rules": ("name", "event", "meter", "rate", "base", "scope", "condition", "stack"),
    "conversions": ("name", "meter", "reward", "schedule", "form", "remainder"),
    "menus": ("name", "meter", "reward", "options", "free_choice"),
    "tier_ladders": ("name", "meter", "window", "rows", "valid"),
    "challenges": ("name", "goals", "from_date", "to_date", "acceptance", "meter", "amount", "reward"),
    "draws": ("name", "from_date", "to_date", "entries", "prizes", "pool", "drawn"),
    "price_rules": ("name", "benefit", "scope"),
}
# The same for what happens in a rehearsal, by the name of the field.
_FIRST_OF = {
    "order": ("amount", "number", "store", "vouchers", "lines"),
    "order.lines": ("price", "quantity", "category", "flags"),
    "act": ("kind", "amount", "quantity"),
    "join": ("born", "account", "referred_by"),
}
# Groups that are always filled in, once they are asked for at all, are not folded.
_IN_SIGHT = {"rate", "form", "benefit", "schedule", "window", "table", "lifetime", "inactivity"}


def laid_out(kind: str, controls: Sequence[Control]) -> tuple[list[Control], list[Control]]:
    """The controls that stand first, and the rest."""
    for group in (one for control in controls for one in control.all() if one.kind == "group"):
        group.is_open = group.name.rpartition(".")[2] in _IN_SIGHT
    first = _FIRST.get(kind)
    if first is None:
        return list(controls), []
    by_name = {control.name: control for control in controls}
    rest = [control for control in controls if control.name not in first and control.kind != "key"]
    keys = [control for control in controls if control.kind == "key"]
    return [*keys, *(by_name[name] for name in first if name in by_name)], rest


def folded(controls: Sequence[Control]) -> None:
    """Put what few happenings need behind a heading of its own, open where something of it is filled in."""
    for control in [one for top in controls for one in top.all()]:
        place = [step for step in control.name.split(".")[1:] if not step.isdigit()]
        first = _FIRST_OF.get(".".join(place)) if control.kind == "group" else None
        if first:
            by_name = {one.name.rpartition(".")[2]: one for one in control.controls}
            rest = [one for name, one in by_name.items() if name not in first]
            filled = any(part.is_filled for one in rest for part in one.all())
            more = Control("group", f"{control.name}.more", _("More about it"), value=filled, controls=rest)
            control.controls = [*(by_name[name] for name in first), more]
