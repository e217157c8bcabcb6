"""What a programme file may set: amounts, what can never work, and what is hardly meant."""

from decimal import Decimal
from typing import Any

import pytest

from tests.loyalty.programme_documents import changed, document, errors, warnings


@pytest.mark.parametrize("amount", [12.5, "12.50", Decimal("12.50"), 50])
def test_amounts_are_numbers_or_their_text(amount: object) -> None:
    exact = Decimal(str(amount)) if isinstance(amount, float) else amount
    assert errors(changed("conversions.0.form.value", exact)) == []


@pytest.mark.parametrize("amount", ["0.0000005", "12,50", "-1", -1, True, "1e9", "", None])
def test_what_is_no_amount_is_refused(amount: object) -> None:
    [told] = errors(changed("conversions.0.form.value", amount))
    assert told == "conversions[0].form.value: must be a number, 0 or more, like 5000"


@pytest.mark.parametrize("amount", [Decimal("0.005"), "12,50", "-1", -1, True, "1e9", "", None])
def test_what_is_no_amount_of_money_is_refused(amount: object) -> None:
    [told] = errors(changed("rewards.0.value", amount))
    assert told == "rewards[0].value: must be an amount of money with at most two decimals, like 50 or 12.50"


WEEKS, EVER = {"kind": "calendar", "unit": "week"}, {"kind": "lifetime"}
SEASON = {"from_date": "2025-02-01", "to_date": "2025-01-31"}


@pytest.mark.parametrize(
    ("kind", "row", "told"),
    [
        ("menus", {"meter": "points"}, "menus[0]: nothing to choose: 'options' or 'free_choice' is missing"),
        (
            "menus",
            {"meter": "points", "max_points": 10, "options": [{"key": "a", "points": 11, "value": 1}]},
            "menus[0].options[0].points: can never be used: it takes more than 'max_points'",
        ),
        ("price_rules", {"benefit": {"kind": "percent"}}, "price_rules[0].benefit: 'value' is missing"),
        (
            "challenges",
            {"goals": [{"count": "orders", "target": 1}], "meter": "points", "amount": 1, **SEASON},
            "challenges[0].to_date: can never apply: it ends before it starts",
        ),
        (
            "challenges",
            {"goals": [{"count": "acts", "target": 1}], "meter": "points", "amount": 1},
            "challenges[0].goals[0]: 'event' is missing",
        ),
        (
            "challenges",
            {"goals": [{"count": "stores", "target": "1.5"}], "meter": "points", "amount": 1},
            "challenges[0].goals[0].target: must be a whole number",
        ),
        (
            "challenges",
            {"goals": [{"count": "brands", "target": 2, "in_a_row": WEEKS}], "meter": "points", "amount": 1},
            "challenges[0].goals[0].in_a_row: different ones are not counted in a row",
        ),
        (
            "challenges",
            {"goals": [{"count": "days", "target": 2, "in_a_row": EVER}], "meter": "points", "amount": 1},
            "challenges[0].goals[0].in_a_row: can never apply: such periods do not follow one another",
        ),
        (
            "challenges",
            {
                "goals": [{"count": "orders", "target": 2, "in_a_row": WEEKS, "each": "0.5"}],
                "meter": "points",
                "amount": 1,
            },
            "challenges[0].goals[0].each: must be a whole number",
        ),
        ("draws", {"prizes": [{}], **SEASON}, "draws[0].to_date: can never apply: it ends before it starts"),
        (
            "funds",
            {"grant_min": 100, "grant_max": 99},
            "funds[0].grant_max: no grant is possible: it is less than 'grant_min'",
        ),
        (
            "perks",
            {"closes": "2025-01-01", "opens": [{"from": "2025-01-01"}]},
            "perks[0].opens[0]: can never apply: it closes before it opens",
        ),
        (
            "calendars",
            {"starts": ["2025-02-01", "2025-01-01"], "ends": "2025-12-31"},
            "calendars[0].starts[1]: each period starts after the one before it",
        ),
    ],
)
def test_extras_that_can_never_work_are_errors(kind: str, row: dict[str, Any], told: str) -> None:
    assert errors(changed(kind, [{"key": "one", "name": "one", **row}])) == [told]


@pytest.mark.parametrize("percent", ["100", "99.99", "0.01", "7.5", "10", 100, Decimal("0.5"), "50.00"])
def test_percentages(percent: object) -> None:
    found = changed("rewards.0", {"key": "check", "name": "c", "kind": "percent_off", "percent": percent})
    found["conversions"][0]["form"] = {"kind": "step", "step": 10}
    assert errors(found) == []


@pytest.mark.parametrize("percent", ["0", "0.00", "100.01", 101, 0, "1.234"])
def test_no_percentages(percent: object) -> None:
    [told] = errors(changed("rewards.0.percent", percent))
    assert "must be a percentage above 0 and up to 100" in told


RULE = "earning_rules.0"
OF_RULE = "earning_rules[0]"
FORM = "conversions.0.form"


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("meters.1.key", "points", "meters[1].key: the key 'points' is used twice"),
        (f"{RULE}.meter", "stamps", "earning_rules[0].meter: there is no meter 'stamps'; there are points, spend"),
        (f"{RULE}.meter", "point", "earning_rules[0].meter: there is no meter 'point'; did you mean 'points'?"),
        (f"{RULE}.rate.by_tier", {"platinum": 2}, "earning_rules[0].rate.by_tier.platinum: there is no tier 'platinum'; there are gold"),
        (f"{RULE}.rate.value", 0, "earning_rules[0].rate.value: gives nothing: its value is 0"),
        (f"{RULE}.limits", {"max": [{"per": "day"}]}, "earning_rules[0].limits.max[0]: says nothing: 'amount' or 'times' is missing"),
        (f"{RULE}.limits", {"max": [{"per": "membership", "amount": 50}]}, "conversions[0].form.step: no one reaches it: the meter never comes to more than 50"),
        ("meters.0.ceiling", 99, "conversions[0].form.step: no one reaches it: the meter never comes to more than 99"),
        ("meters.1.ceiling", 4999, "tier_ladders[0].rows[0].from: no one reaches it: the meter never comes to more than 4999"),
        (f"{RULE}.scope", {"receipt_min": 500, "receipt_max": 100}, "earning_rules[0].scope.receipt_max: can never apply: the most is less than the least"),
        (f"{RULE}.scope", {"age_from": 65, "age_to": 18}, "earning_rules[0].scope.age_to: can never apply: the most is less than the least"),
        (f"{RULE}.scope", {"time_from": "14:00", "time_to": "14:00"}, "earning_rules[0].scope.time_to: can never apply: it ends when it starts"),
        (f"{RULE}.scope", {"dates": ["2025-05-05"], "weekdays": ["sunday"]}, "earning_rules[0].scope.dates: can never apply: none of its days counts"),
        ("conversions.0", {"key": "c", "name": "c", "meter": "points", "to_meter": "points", "form": {"kind": "step", "step": 1, "value": 1}}, "conversions[0].to_meter: becomes what it was: choose another meter"),
        ("conversions.0.measure", "window", "conversions[0].measure: would give the same again each time: measure passings, or let it run at the end of a window"),
        (FORM, {"kind": "sequence", "step": 1, "sequence": [{"value": 1}], "repeat_from": 2}, "conversions[0].form.repeat_from: is more than there are in the sequence"),
        ("rewards.0.use", {"combinable": "listed"}, "rewards[0].use.combinable: lists nothing: 'with' is missing"),
        ("life", {"claw_back": [{"reward": "gift", "months": 1}]}, "life.claw_back[0].reward: there is no reward 'gift'; there are check"),
        ("conversions.0.reward", "gift", "conversions[0].reward: there is no reward 'gift'; there are check"),
        ("conversions.0.meter", "spend", "conversions[0].meter: only a meter that can be spent becomes a reward"),
        ("time_zone", "Europe/Nowhere", "time_zone: there is no time zone 'Europe/Nowhere'"),
        ("time_zone", "../../etc/passwd", "time_zone: there is no time zone '../../etc/passwd'"),
        ("meters.0.name", {"en": "points"}, "meters[0].name: needs a name in 'sv', the language of the file"),
        (
            f"{RULE}.condition",
            {"tier": "level", "in": ["silver"]},
            "earning_rules[0].condition.in[0]: there is no tier 'silver' on 'level'",
        ),
        (
            f"{RULE}.condition",
            {"all": [{"meter": "points", "op": "gte", "value": 1, "count": 1}]},
            "earning_rules[0].condition.all[0].count: 'count' means nothing beside 'meter'",
        ),
        (
            f"{RULE}.condition",
            {},
            "earning_rules[0].condition: a condition asks for exactly one of meter, tier, event, fact, consent, segment, accepted, all, any, at_least, not",
        ),
        (
            f"{RULE}.scope",
            {"include": {"flags": ["a"]}, "exclude": {"flags": ["a", "b"]}},
            "earning_rules[0].scope: can never apply: all goods that it includes are excluded",
        ),
        (
            f"{RULE}.scope",
            {"include": {"stores": ["a"]}, "exclude": {"stores": ["a"]}},
            "earning_rules[0].scope: can never apply: all stores that it includes are excluded",
        ),
        (
            f"{RULE}.scope",
            {"from_date": "2025-03-02", "to_date": "2025-03-01"},
            "earning_rules[0].scope.to_date: can never apply: it ends before it starts",
        ),
        (
            f"{RULE}.rate",
            {"kind": "factor", "value": 2},
            "earning_rules[0].rate.kind: rate 'factor' and stack 'multiply' go together",
        ),
        (f"{RULE}.round", {"step": "0.5"}, "earning_rules[0].round.step: rounds to more decimals than the meter has"),
        (f"{FORM}.from", 50, "conversions[0].form.from: from 50 nothing would be given until one step, 100"),
        (f"{FORM}.step", "0.5", "conversions[0].form.step: has more decimals than the meter"),
        (FORM, {"kind": "step", "step": 1}, "conversions[0].form: 'value' is missing: how much money?"),
        ("conversions.0.remainder", "drop", "conversions[0].remainder: what is not enough would be dropped after every purchase"),
        ("rewards.0.percent", 5, "rewards[0].percent: a reward worth money has its value in the conversion"),
        (
            "tier_ladders.0.rows",
            [{"key": "a", "name": "a", "from": 10}, {"key": "b", "name": "b", "from": "10.0"}],
            "tier_ladders[0].rows[1].from: each tier needs more than the one before it",
        ),
        (
            "tier_ladders.0.rows.0.multiplier",
            "0.5",
            "tier_ladders[0].rows[0].multiplier: must be at least 1",
        ),
        (
            "audience",
            {"who_spends": "authorised"},
            "audience.who_spends: 'who_spends' is only for a household or a group",
        ),
        ("audience", {"unit": "bearer", "age_from": 18}, "audience.age_from: a card that anybody may bear has no age"),
        ("life.leaving", {"points": "lost", "years": 2}, "life.leaving.years: 'years' is only for points 'kept'"),
        (
            "life.leaving",
            {"points": "cut", "to": 10, "after_days": 7, "grace_days": 8},
            "life.leaving.grace_days: would be cut before the grace has passed",
        ),
        (
            "life.leaving",
            {"points": "kept", "years": 1, "grace_days": 366},
            "life.leaving.grace_days: would be lost before the grace has passed",
        ),
        ("life.leaving", {"points": "kept"}, "life.leaving: 'years' is missing"),
        (
            "tier_ladders.0.on_withdrawal",
            {"back_to": "gold"},
            "tier_ladders[0].on_withdrawal.back_to: can never happen: no reward is paid out in money",
        ),
        (
            "tier_ladders.0.on_withdrawal",
            {"back_to": "tin"},
            "tier_ladders[0].on_withdrawal.back_to: there is no tier 'tin' on 'level'",
        ),
        (
            "tier_ladders.0.given_by",
            [{"event": "birthday", "tier": "gold", "origin": "gifted"}],
            "tier_ladders[0].given_by[0].event: a tier is given by a purchase, by joining, or by an act of your own",
        ),
        (
            "tier_ladders.0.given_by",
            [{"event": "match", "tier": "tin", "origin": "matched"}],
            "tier_ladders[0].given_by[0].tier: there is no tier 'tin'; there are gold",
        ),
        (
            "tier_ladders.0.given_by",
            [{"event": "match", "tier": "gold", "origin": "matched", "lifetime": {"kind": "while_active", "months": 3}}],
            "tier_ladders[0].given_by[0].lifetime: a tier lasts to a day that is known when it is given",
        ),
        (
            f"{RULE}.scope",
            {"earned_only": True},
            "earning_rules[0].scope.earned_only: 'earned_only' needs the tiers that are let in",
        ),
    ],
)  # fmt: skip
def test_what_can_never_work_is_an_error(path: str, value: Any, told: str) -> None:
    assert told in errors(changed(path, value))


@pytest.mark.parametrize("taken", [{"fee": 5}, {"fees": ["yearly"]}])
def test_a_fee_is_taken_only_from_money(taken: dict[str, Any]) -> None:
    found = document(fees=[{"key": "yearly", "name": "yearly", "amount": 60}])
    found["conversions"][0] |= taken
    assert errors(found) == []
    found["conversions"][0] |= {"to_meter": "spend"}
    del found["conversions"][0]["reward"]
    [name] = taken
    assert errors(found) == [f"conversions[0].{name}: taken only from what is paid in money"]


@pytest.mark.parametrize(
    ("choices", "told"),
    [
        (None, "rewards[1]: 'choices' is missing"),
        (
            [{"key": "a", "name": "a", "reward": "gift"}],
            "choices[0].reward: a choice cannot lead to another choice",
        ),
        ([{"key": "a", "name": "a", "reward": "check"}], "choices[0]: 'value' is missing"),
        (
            [{"key": "a", "name": "a", "reward": "boat"}],
            "choices[0].reward: there is no reward 'boat'; there are check, gift",
        ),
        ([{"key": "a", "name": "a"}, {"key": "a", "name": "b"}], "choices[1].key: the key 'a' is used twice"),
    ],
)
def test_a_list_to_choose_from_leads_to_something(choices: Any, told: str) -> None:
    found, gift = document(), {"key": "gift", "name": "gift", "kind": "choice"}
    found["rewards"].append(gift | ({"choices": choices} if choices else {}))
    assert errors(found) == [told if told.startswith("rewards") else f"rewards[1].{told}"]


def test_a_conversion_takes_only_fees_that_there_are() -> None:
    assert errors(changed("conversions.0.fees", ["yearly"])) == [
        "conversions[0].fees: there is no fee 'yearly'; there is none yet"
    ]


def test_meters_that_become_each_other_without_end() -> None:
    turned = [("a", "points", "spend"), ("b", "spend", "points")]
    form = {"kind": "step", "step": 1, "value": 1}
    rows = [
        {"key": key, "name": key, "meter": one, "to_meter": other, "form": form} for key, one, other in turned
    ]
    found = errors(
        {**changed("conversions", rows), "meters": [{"key": key, "name": key} for key in ("points", "spend")]}
    )
    assert found == [
        "conversions[0].to_meter: would never end: 'spend' becomes 'points' again",
        "conversions[1].to_meter: would never end: 'points' becomes 'spend' again",
    ]


def test_points_that_lapse_before_they_can_be_used() -> None:
    found = changed(f"{RULE}.pending_days", 31)
    found["meters"][0]["lifetime"] = {"kind": "days", "count": 30}
    assert errors(found) == [
        "earning_rules[0].pending_days: never usable: the points lapse before they can be used"
    ]
    found["meters"][0]["lifetime"] = {"kind": "end_of_month", "count": 1}
    assert errors(found) == []
    assert "earning_rules[0].pending_days: some points lapse before they can be used" in warnings(found)
    found["meters"][0]["lifetime"] = {"kind": "months", "count": 12}
    assert warnings(found) == []


def test_a_multiplier_needs_something_to_multiply() -> None:
    extra = {
        "key": "double",
        "name": "double",
        "meter": "points",
        "rate": {"kind": "factor", "value": 2},
        "stack": {"kind": "multiply", "group": "other"},
    }
    told = errors(document(earning_rules=[*document()["earning_rules"], extra]))
    assert told == ["earning_rules[2].stack: can never apply: no other rule of its group gives of its meter"]


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (
            "rewards.0",
            {"key": "check", "name": "c", "kind": "money_off"},
            "rewards[0]: its vouchers never lapse",
        ),
        (f"{FORM}.from", 150, "conversions[0].form.from: 150 is not a number of whole steps of 100"),
        (
            f"{RULE}.scope",
            {"include": {"brands": ["a", "b"]}, "exclude": {"brands": ["a"]}},
            "earning_rules[0].scope.exclude.brands: 'a' is included and excluded: excluded wins",
        ),
        ("conversions", [], "rewards[0]: nothing gives it"),
        ("conversions", [], "meters[0]: can be spent, and nothing turns it into a reward"),
        (
            "life.inactivity",
            {"months": 1, "effect": "none"},
            "life.inactivity.effect: effect 'none' does nothing",
        ),
    ],
)
def test_what_is_hardly_meant_is_a_warning(path: str, value: Any, told: str) -> None:
    found = changed(path, value)
    assert errors(found) == []
    assert told in warnings(found)


def test_the_small_programme_is_right() -> None:
    assert (errors(document()), warnings(document())) == ([], [])


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (f"{RULE}.event", "birthday", f"{OF_RULE}.event: can never happen: a card that anybody may bear has no person"),
        (
            f"{RULE}.beneficiary",
            "referrer",
            f"{OF_RULE}.beneficiary: can never happen: a card that anybody may bear has no person",
        ),
        (f"{RULE}.scope", {"age_to": 25}, f"{OF_RULE}.scope: can never apply: a card that anybody may bear has no age"),
        (
            f"{RULE}.condition",
            {"all": [{"fact": "age", "value": 18}]},
            f"{OF_RULE}.condition.all[0]: can never hold: a card that anybody may bear has no person",
        ),
        (
            f"{RULE}.condition",
            {"consent": "marketing"},
            f"{OF_RULE}.condition: can never hold: a card that anybody may bear has no person",
        ),
        (
            "life.inactivity",
            {"months": 12, "effect": "close", "without": ["login"]},
            "life.inactivity.without: would close every card: one that anybody may bear never logs in",
        ),
    ],
)  # fmt: skip
def test_what_asks_for_a_person_can_never_work_on_a_card_that_anybody_may_bear(
    path: str, value: Any, told: str
) -> None:
    found = changed(path, value)
    assert told not in errors(found)
    found["audience"] = {"unit": "bearer"}
    assert told in errors(found)


def test_a_card_that_anybody_may_bear_has_years_of_its_own() -> None:
    found = changed("tier_ladders.0.window", {"kind": "membership_year", "from": "join_date"})
    found["audience"] = {"unit": "bearer"}
    found["earning_rules"][0]["condition"] = {"fact": "months_as_member", "value": 3}
    assert errors(found) == []
