"""A programme's way through the club: imported, exported, published, followed by the next."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from loyalty import actions, queries
from loyalty.actions import UnableToImport
from loyalty.engine import files
from loyalty.models import ProgrammeObject, ProgrammeVersion, Standing
from loyalty.queries.presets import preset, preset_keys
from loyalty.queries.sentences import programme_sentences
from members.actions import NewLine, NewOrder, UnableToPublish
from members.models import Member
from tests.loyalty.programme_documents import document

pytestmark = pytest.mark.django_db
START = datetime(2025, 1, 1, tzinfo=UTC)
EVERYTHING = document(
    language="en",
    currency="EUR",
    time_zone="Europe/Helsinki",
    meters=[
        {
            "key": "points",
            "name": {"sv": "poäng", "en": "points"},
            "decimals": 2,
            "shown": False,
            "consumption": "oldest",
            "lifetime": {"kind": "end_of_month", "count": 6},
        },
        {"key": "spend", "name": "euros", "spendable": False},
    ],
    rewards=[
        {
            "key": "check",
            "name": "check",
            "kind": "percent_off",
            "percent": "12.5",
            "use": {"min_basket": "19.90", "max_share": 50},
            "on_return": "restored",
            "scope": {"exclude": {"brands": ["Acme"]}},
            "lifetime": {"kind": "days", "count": 30},
        }
    ],
    conversions=[
        {
            "key": "checks",
            "name": "checks",
            "meter": "points",
            "reward": "check",
            "form": {"kind": "step", "step": 100},
            "schedule": {"kind": "window_end", "window": {"kind": "calendar", "unit": "month"}},
            "remainder": "drop",
        }
    ],
    earning_rules=[
        *document()["earning_rules"],
        {
            "key": "gold",
            "name": "gold",
            "meter": "points",
            "scope": {"include": {"stores": ["a"]}, "from_date": "2025-01-01"},
            "condition": {
                "any": [{"tier": "level", "in": ["gold"]}, {"meter": "spend", "op": "gte", "value": 1}]
            },
            "base": {"amount": "net", "per": "line"},
            "rate": {"kind": "per_full", "value": "0.5", "step": 10},
            "round": {"mode": "half_up", "step": "0.1"},
            "stack": {"group": "extra", "kind": "best"},
            "pending_days": 14,
        },
    ],
    life={"inactivity": {"months": 12, "effect": "zero"}},
    returns={"unused_vouchers": "keep"},
)
DOCUMENTS = {key: preset(key) for key in preset_keys()} | {"everything": EVERYTHING, "small": document()}


def draft(name: str = "first", found: Any = None) -> ProgrammeVersion:
    return actions.import_programme(document=found or document(), name=name, now=START)


def publish(version: ProgrammeVersion, valid_from: datetime = START) -> ProgrammeVersion:
    return actions.publish_version(version=version, valid_from=valid_from, now=START, actor="vera")


def buy(member: Member, number: str, at: datetime, kronor: int = 100) -> actions.OrderOutcome:
    line = NewLine(ref="1", quantity=Decimal(1), gross_ore=kronor * 100)
    order = NewOrder(source="web", number=number, placed_at=at, lines=(line,), member=member)
    return actions.record_order(order=order, now=at, actor="test")


@pytest.mark.parametrize("found", DOCUMENTS.values(), ids=DOCUMENTS)
def test_what_is_exported_imports_to_the_same_bytes(found: dict[str, Any]) -> None:
    assert files.errors_of(found) == []
    once = files.write(queries.document_of(draft("once", found)))
    again = draft("again", files.read_programme(once))
    assert files.write(queries.document_of(again)) == once
    publish(again)
    again.refresh_from_db()
    assert files.write(queries.document_of(again)) == once


@pytest.mark.parametrize("found", DOCUMENTS.values(), ids=DOCUMENTS)
def test_nothing_that_a_file_says_is_lost_on_the_way(found: dict[str, Any]) -> None:
    exported = queries.document_of(draft("once", found))
    for kind, objects in found.items():
        if not isinstance(objects, list):
            assert exported[kind] == objects
            continue
        for wanted, got in zip(objects, exported[kind], strict=True):
            missing = {field for field, value in wanted.items() if got.get(field) != value}
            assert {field for field in missing if field in got} == set()
            assert missing <= {"shown", "spendable", "event", "remainder", "on_return", "consumption"}


def test_a_programme_that_cannot_work_is_not_imported() -> None:
    with pytest.raises(UnableToImport) as refused:
        draft(found=document(conversions=[], rewards=[{"key": "x", "name": "x", "kind": "gift"}]))
    assert refused.value.key == "programme_is_not_valid"
    assert refused.value.facts == {
        "errors": [
            "rewards[0].kind: must be one of money_off, percent_off, product, service, choice, donation, payout"
        ]
    }
    assert not ProgrammeVersion.objects.exists()


@pytest.mark.parametrize(("name", "key"), [("  ", "name_is_missing"), ("first", "name_is_taken")])
def test_a_version_needs_a_name_of_its_own(name: str, key: str) -> None:
    draft()
    with pytest.raises(UnableToImport) as refused:
        draft(name)
    assert refused.value.key == key


def test_publishing_freezes_what_the_rows_say() -> None:
    version = publish(draft())
    frozen = queries.document_of(version)
    ProgrammeObject.objects.filter(version=version, kind="meters", key="points").update(name="something else")
    assert queries.document_of(version) == frozen
    assert (version.state, version.valid_from, version.published_by) == ("published", START, "vera")
    programme = queries.programme_at(START)
    assert programme is not None
    assert programme.key == str(version.pk)
    assert queries.programme_at(START - timedelta(seconds=1)) is None


def test_the_next_version_ends_the_one_before() -> None:
    first = publish(draft())
    april = datetime(2025, 4, 1, tzinfo=UTC)
    second = publish(draft("second"), april)
    first.refresh_from_db()
    assert first.valid_to == april
    before, after = queries.programme_at(april - timedelta(seconds=1)), queries.programme_at(april)
    assert before is not None
    assert after is not None
    assert (before.key, after.key) == (str(first.pk), str(second.pk))


def test_only_a_draft_can_be_published() -> None:
    version = publish(draft())
    with pytest.raises(UnableToPublish) as refused:
        publish(version, START + timedelta(days=1))
    assert refused.value.key == "version_is_not_a_draft"


@pytest.mark.parametrize("days", [0, -1])
def test_a_version_cannot_start_before_one_that_is_published(days: int) -> None:
    publish(draft())
    with pytest.raises(UnableToPublish) as refused:
        publish(draft("second"), START + timedelta(days=days))
    assert refused.value.key == "another_version_starts_later"


def test_what_has_been_counted_is_not_counted_anew(alice: Member) -> None:
    publish(draft())
    sold_at = START + timedelta(days=10)
    buy(alice, "1", sold_at)
    with pytest.raises(UnableToPublish) as refused:
        publish(draft("second"), sold_at)
    assert refused.value.key == "already_counted_after_that"
    assert publish(draft("third"), sold_at + timedelta(seconds=1)).state == "published"


def test_an_order_that_gave_nothing_for_want_of_rules_counts_too(alice: Member) -> None:
    buy(alice, "1", START)
    with pytest.raises(UnableToPublish) as refused:
        publish(draft())
    assert refused.value.key == "already_counted_after_that"


def test_a_draft_that_staff_broke_is_not_published() -> None:
    version = draft()
    ProgrammeObject.objects.filter(version=version, kind="meters", key="points").update(key="stamps")
    with pytest.raises(UnableToPublish) as refused:
        publish(version)
    assert refused.value.key == "programme_is_not_valid"
    assert "earning_rules[0].meter: there is no meter 'points'" in str(refused.value.facts["errors"])
    version.refresh_from_db()
    assert version.state == "draft"


def test_every_account_wakes_when_the_new_rules_start(alice: Member) -> None:
    publish(draft())
    buy(alice, "1", START, 30)
    april = datetime(2025, 4, 1, tzinfo=UTC)
    assert Standing.objects.get(account=alice.account).due_at != april
    quarterly = document()
    quarterly["conversions"][0] |= {
        "form": {"kind": "linear", "from": 1, "value": 1},
        "schedule": {"kind": "window_end", "window": {"kind": "calendar", "unit": "month"}},
    }
    publish(draft("second", quarterly), april)
    assert Standing.objects.get(account=alice.account).due_at == april
    actions.run_due(at=datetime(2025, 5, 1, tzinfo=UTC), now=april)
    assert [voucher.value_ore for voucher in queries.vouchers(alice.account)] == [3000]


def told(*arguments: str) -> str:
    out = StringIO()
    call_command("programme", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_takes_a_file_from_import_to_publication(tmp_path: Path) -> None:
    path = tmp_path / "club.yaml"
    assert told("import", "duvan", "--name", "Duvan 2025") == "“Duvan 2025” is a draft now.\n"
    path.write_text(told("export", "Duvan 2025"))
    assert files.read_programme(path.read_bytes()) == queries.document_of(ProgrammeVersion.objects.get())
    told("publish", "Duvan 2025", "--from", "2025-01-01")
    programme = queries.programme_at(datetime(2024, 12, 31, 23, tzinfo=UTC))
    assert programme is not None
    assert queries.programme_at(datetime(2024, 12, 31, 22, 59, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    ("arguments", "message", "code"),
    [
        (("import", "nowhere.yaml", "--name", "x"), "nowhere.yaml: No such file or directory", 2),
        (("export", "Nothing"), "There is no version “Nothing”. There are: none.", 1),
        (("publish", "Nothing", "--from", "2025-01-01"), "There is no version “Nothing”", 1),
    ],
)
def test_the_command_says_what_is_wrong(arguments: tuple[str, ...], message: str, code: int) -> None:
    with pytest.raises(CommandError) as ended:
        told(*arguments)
    assert message in str(ended.value)
    assert ended.value.returncode == code


def test_the_command_refuses_a_day_that_is_none_and_a_file_with_faults(tmp_path: Path) -> None:
    draft()
    with pytest.raises(CommandError, match="“soon” is not a day like 2025-04-01"):
        told("publish", "first", "--from", "soon")
    path = tmp_path / "wrong.yaml"
    path.write_text("programme: x\nmeters: [{key: a, name: a, decimal: 1}]\n")
    with pytest.raises(CommandError, match=r"line 2: .*'decimal' is not known; did you mean 'decimals'"):
        told("check", str(path))


def test_check_tells_what_is_hardly_meant_and_then_what_the_file_says(tmp_path: Path) -> None:
    path = tmp_path / "club.yaml"
    path.write_text("programme: x\nmeters:\n  - {key: a, name: stars}\n")
    with translation.override("en"):
        assert told("check", str(path)).splitlines()[:3] == [
            f"{path}: line 3: meters[0]: no earning rule gives it",
            f"{path}: line 3: meters[0]: can be spent, and nothing turns it into a reward",
            "Stars: never lapses.",
        ]


def test_a_programme_reads_itself_back() -> None:
    with translation.override("en"):
        assert programme_sentences(EVERYTHING) == [
            "Points: valid to the end of the month, 6 months on; the oldest are used first; with 2 decimals; "
            "members do not see it.",
            "Euros: only counted, never spent.",
            "Buy: 1 points per whole euro.",
            "Spend: 1 euros per whole euro.",
            "Gold: 0.5 points for each full €10; counted without tax; line by line; "
            "rounded to the nearest multiple of 0.1; only in the store a; from Jan. 1, 2025 on; "
            "only for members who are in gold or who have at least 1 euros; "
            "of such rules only the one that gives most counts; "
            "weighed only against rules of the group “extra”; usable after 14 days.",
            "Checks: 100 points become check; at the end of each month; the rest lapses.",
            "Check: 12.5 % off on everything except Acme; on purchases of at least €19.90; "
            "for at most 50 % of the purchase; valid for 30 days; "
            "can be used again when the goods come back, unless it has lapsed.",
            "Level: gold from 5,000 euros; counted in the calendar year; kept to the end of the next period.",
            "Who does not shop for 12 months loses the points.",
            "When goods come back, the points that they gave are taken back.",
            "An unused voucher that those points had become is kept.",
        ]


def test_a_version_reads_itself_back_as_its_document_does() -> None:
    version = draft("duvan", preset("duvan"))
    with translation.override("sv"):
        assert programme_sentences(version) == programme_sentences(preset("duvan"))
