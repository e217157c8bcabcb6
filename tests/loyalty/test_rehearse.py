"""The rehearsal as staff run it: the ledger, the differences with their lines, and how it ends."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from loyalty.queries.presets import PRESETS, preset_keys

BASE_DIR = Path(__file__).resolve().parents[2]
PROGRAMME = PRESETS / "duvan" / "programme.yaml"


def rehearsed(*arguments: str) -> str:
    out = StringIO()
    call_command("rehearse", *arguments, stdout=out)
    return out.getvalue()


def scenario(folder: Path, text: str) -> str:
    path = folder / "scenario.yaml"
    path.write_text("scenario: one\nhappenings:\n" + text)
    return str(path)


@pytest.mark.parametrize("key", preset_keys())
def test_every_preset_is_as_its_scenario_says(key: str) -> None:
    assert "line " not in rehearsed(key, "--language", "en")


def test_the_ledger_is_a_table_that_tells_why() -> None:
    lines = rehearsed("duvan", "--language", "en").splitlines()
    assert lines[0] == "The four published examples of Duvan kundklubb"
    assert lines[2].split() == ["Day", "Member", "What", "Amount", "Balance", "Why"]
    [reading] = [line for line in lines if "3,000 points became" in line and "voucher" not in line]
    assert " ".join(reading.split()) == (
        "2025-03-31 member used -3,000 points 300 points 3,000 points became a check of 150 kr."
    )
    starts = {line.index("points") for line in lines if line.startswith("2025-01-12  member  earned")}
    assert len(starts) == 1


def test_a_difference_names_the_line_of_the_expectation_and_the_end_is_1(tmp_path: Path) -> None:
    path = scenario(
        tmp_path,
        "- at: 2025-01-12\n"
        "  order: {amount: 1250}\n"
        "  expect:\n"
        "    earned: {points: 1250}\n"
        "    balance:\n"
        "      points: 1249.5\n"
        "    unused: 1\n",
    )
    out = StringIO()
    with pytest.raises(CommandError, match="2 came out otherwise") as ended:
        call_command("rehearse", "duvan", path, stdout=out)
    assert ended.value.returncode == 1
    assert out.getvalue().splitlines()[-2:] == [
        "line 8: balance points: expected 1249.5, got 1250",
        "line 9: unused: expected 1, got 0",
    ]


def test_a_refusal_that_was_not_expected_is_a_difference(tmp_path: Path) -> None:
    path = scenario(tmp_path, "- at: 2025-01-12\n  order: {amount: 10, vouchers: [latest]}\n")
    answer = StringIO()
    with pytest.raises(CommandError):
        call_command("rehearse", "duvan", path, "--json", stdout=answer)
    [difference] = json.loads(answer.getvalue())["differences"]
    place = ["happenings", 0, "expect", "refused"]
    assert difference == {
        "what": "refused", "expected": None, "got": "voucher_not_found", "line": 3, "place": place,
    }  # fmt: skip


def test_machines_get_the_ledger_in_smallest_parts() -> None:
    told = json.loads(rehearsed("duvan", "--json"))
    assert told["differences"] == []
    assert [(row["amount"], row["balance"]) for row in told["rows"] if "amount" in row] == [
        (1250, 1250),
        (700, 1950),
        (1350, 3300),
        (-3000, 300),
        (1600, 1900),
        (-200, 1700),
        (400, 2100),
        (-2000, 100),
        (500, 600),
        (-500, 100),
        (-100, 0),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- at: 2025-02-30\n  order: {amount: 1}\n", "line 3: happenings[0].at: must be a day, like"),
        ("- at: 2025-02-28\n  oder: {amount: 1}\n", "'oder' is not known; did you mean 'order'?"),
        (
            "- at: 2025-02-28\n  order: {amount: 1, lines: [{price: 1}]}\n",
            "one of amount and lines, not both",
        ),
        ("- at: 2025-02-28\n", "nothing happens: add one of"),
        ("- at: 2025-02-28\n  join: true\n  cancel: '1'\n", "only one thing happens at a time"),
        ("- at: 2025-02-28\n  return: {order: '9'}\n", "there is no order '9' before this"),
        (
            "- at: 2025-02-28\n  order: {amount: 1, number: '1'}\n"
            "- at: 2025-02-28\n  return: {order: '1', lines: [{line: '7'}]}\n",
            "order '1' has no line '7'",
        ),
        (
            "- at: 2025-02-28\n  order: {lines: [{price: 1, discount: 2}]}\n",
            "line 4: happenings[0].order.lines[0].discount: the discount is more than the price",
        ),
        (
            "- at: 2025-02-28\n  expect:\n    balance:\n      pionts: 1\n",
            "line 6: happenings[0].expect.balance.pionts: there is no meter 'pionts'",
        ),
        ("- at: 2025-02-28\n  expect: {tiers: {level: gold}}\n", "there is no tier ladder 'level'"),
    ],
)
def test_a_scenario_that_cannot_be_played_is_refused_with_2(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(CommandError) as ended:
        rehearsed("duvan", scenario(tmp_path, text))
    assert message in str(ended.value)
    assert ended.value.returncode == 2


EVERYTHING = """
programme: everything
language: en
meters: [{key: points, name: points}]
rewards: [{key: check, name: check, kind: money_off, lifetime: {kind: years, count: 1}}]
earning_rules:
  - {key: p, name: p, meter: points, rate: {kind: per_unit, value: 1}}
  - {key: easter, name: easter, meter: points, rate: {kind: per_unit, value: 1}, scope: {accepted: true, accepted_days: 9}}
menus:
  - {key: shelf, name: shelf, meter: points, reward: check, options: [{key: ten, name: ten, points: 100, value: 10}]}
tier_ladders:
  - {key: level, name: level, meter: points, window: {kind: calendar, unit: year}, rows: [{key: gold, name: gold, from: 9}]}
funds: [{key: charity, name: charity}]
perks: [{key: evening, name: evening, kind: event, seats: 9}]
"""


@pytest.mark.parametrize(
    ("happening", "message"),
    [
        (
            "set_tier: {ladder: lvl, tier: gold}",
            "set_tier.ladder: there is no tier ladder 'lvl'; did you mean 'level'?",
        ),
        (
            "set_tier: {ladder: level, tier: golden}",
            "set_tier.tier: there is no tier 'golden'; did you mean 'gold'?",
        ),
        (
            "expect: {tiers: {level: golden}}",
            "expect.tiers.level: there is no tier 'golden'; did you mean 'gold'?",
        ),
        ("use: {menu: shelves, option: ten}", "use.menu: there is no menu 'shelves'; did you mean 'shelf'?"),
        ("use: {menu: shelf, option: two}", "use.option: there is no option 'two'; there are ten"),
        (
            "order: {amount: 9, use: [{menu: shop}]}",
            "order.use[0].menu: there is no menu 'shop'; there are shelf",
        ),
        (
            "order: {amount: 9, use: [{menu: shelf, option: ton}]}",
            "order.use[0].option: there is no option 'ton'; did you mean 'ten'?",
        ),
        ("draw: {draw: easter}", "draw.draw: there is no draw 'easter'; there is none yet"),
        (
            "expect: {winners: {easter: 1}}",
            "expect.winners.easter: there is no draw 'easter'; there is none yet",
        ),
        ("grant: {fund: church, amount: 9}", "grant.fund: there is no fund 'church'; there are charity"),
        ("expect: {funds: {church: 9}}", "expect.funds.church: there is no fund 'church'; there are charity"),
        ("book: {perk: evning}", "book.perk: there is no perk 'evning'; did you mean 'evening'?"),
        (
            "expect: {seats: {evning: 1}}",
            "expect.seats.evning: there is no perk 'evning'; did you mean 'evening'?",
        ),
        ("accept: xmas", "accept: there is no offer 'xmas'; there are easter, p"),
        (
            "convert: {conversion: checks}",
            "convert.conversion: there is no conversion 'checks'; there is none yet",
        ),
        ("claim: gift", "claim: there is no reward 'gift'; there are check"),
        (
            "adjust: {meter: pts, amount: 1, reason: r}",
            "adjust.meter: there is no meter 'pts'; did you mean 'points'?",
        ),
        ("join: true", "join: 'member' is a member already: let them leave first, or remove this"),
        (
            "member: eva\n  join: {referred_by: bo}",
            "join.referred_by: 'bo' is no member before this: let them join first",
        ),
        ("move_in: bo", "move_in: 'bo' is no member before this: let them join first"),
        (
            "order: {amount: 9, payments: {cash: 4, card: 4.5}}",
            "order.payments: the payments come to 8.50 and the order costs 9: make them add up",
        ),
        (
            "order: {amount: 9, payments: {cash: 10}, use: [{menu: shelf, option: ten}]}",
            "order.payments: the payments come to 10 and the order costs 9: make them add up",
        ),
    ],
)
def test_what_a_scenario_names_and_is_not_there_is_refused_with_its_line(
    tmp_path: Path, happening: str, message: str
) -> None:
    programme = tmp_path / "programme.yaml"
    programme.write_text(EVERYTHING)
    path = scenario(tmp_path, f"- at: 2025-02-27\n  join: true\n- at: 2025-02-28\n  {happening}\n")
    with pytest.raises(CommandError) as ended:
        rehearsed(str(programme), path)
    line = 7 if "\n" in happening else 6
    assert str(ended.value) == f"{path}: line {line}: happenings[1].{message}"
    assert ended.value.returncode == 2


def test_who_left_joins_again_and_points_may_pay_a_part(tmp_path: Path) -> None:
    programme = tmp_path / "programme.yaml"
    programme.write_text(EVERYTHING)
    path = scenario(
        tmp_path,
        "- {at: 2025-02-01, join: true}\n"
        "- {at: 2025-02-02, leave: true}\n"
        "- {at: 2025-02-03, join: true}\n"
        "- {at: 2025-02-03, accept: easter}\n"
        "- {at: 2025-02-04, order: {amount: 100}}\n"
        "- {at: 2025-02-05, order: {amount: 19, payments: {cash: 9}, use: [{menu: shelf, option: ten}]}}\n"
        "- {at: 2025-02-06, set_tier: {ladder: level, tier: tin}, expect: {refused: no_such_tier}}\n",
    )
    assert "line " not in rehearsed(str(programme), path, "--language", "en")


def test_a_file_that_is_not_there_or_not_named_is_refused_with_2() -> None:
    for arguments in (("nowhere.yaml", "nothing.yaml"), (str(PROGRAMME),)):
        with pytest.raises(CommandError) as ended:
            rehearsed(*arguments)
        assert ended.value.returncode == 2


def test_it_needs_no_database() -> None:
    ran = subprocess.run(
        [sys.executable, "manage.py", "rehearse", "duvan", "--language", "en"],
        cwd=BASE_DIR,
        env={
            **os.environ,
            "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing",
            "STAMKUND_ENV": "test",
            "PYTHONWARNINGS": "error::RuntimeWarning",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "membership ended" in ran.stdout


def test_the_example_of_the_handbook_is_true(tmp_path: Path) -> None:
    programme, scenario = (
        part.partition("\n```")[0] for part in (PRESETS / "README.md").read_text().split("```yaml\n")[1:]
    )
    paths = tmp_path / "programme.yaml", tmp_path / "scenario.yaml"
    for path, text in zip(paths, (programme, scenario), strict=True):
        path.write_text(text)
    assert "line " not in rehearsed(*map(str, paths), "--language", "en")
