import csv
import gzip
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F, Q, Sum
from django.utils import translation

from loyalty.actions.imports import UnableToImport, import_slips, start_import
from loyalty.models import ImportJob, ImportNote
from members.models import (
    Activity,
    Member,
    MemberIdentity,
    Order,
    OrderLine,
    OrderReturn,
    OrderReturnLine,
)
from tests.config.programs import BASE_DIR
from tests.loyalty.till import Till
from tests.make import NOON, make_store

IMPORTS = BASE_DIR / "tests" / "data" / "imports"
RETAIL = IMPORTS / "online_retail.csv"


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def till(tmp_path: Path) -> Till:
    return Till(tmp_path)


@pytest.fixture
def retail(db: None, tmp_path: Path) -> Path:
    """The excerpt of "Online Retail", taken in; the path of what was left out."""
    rejects = tmp_path / "left_out.csv"
    call_command("import_orders", RETAIL, map="online-retail", rejects=rejects)
    return rejects


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """All that an import may write about members, orders and returns."""
    models = (Member, MemberIdentity, Order, OrderLine, OrderReturn, OrderReturnLine, Activity)
    return {model.__name__: sorted(model.objects.values_list(), key=str) for model in models}


def test_orders_members_and_returns_come_out_to_the_last_penny(retail: Path) -> None:
    assert Member.objects.count() == 7
    assert Order.objects.exclude(member=None).values("member").distinct().count() == 5
    assert (Order.objects.count(), OrderLine.objects.count()) == (10, 39)
    assert Order.objects.aggregate(paid=Sum("paid_ore"))["paid"] == 549639
    assert (OrderReturn.objects.count(), OrderReturnLine.objects.count()) == (7, 14)
    assert OrderReturn.objects.aggregate(back=Sum("amount_ore"))["back"] == 131530


def test_a_member_who_only_ever_returned_is_a_member_since_then(retail: Path) -> None:
    member = MemberIdentity.objects.get(source="online-retail", external_id="17307").member
    assert not member.orders.exists()
    assert member.joined_at == datetime(2010, 12, 9, 15, 24, tzinfo=ZoneInfo("Europe/London"))
    assert member.account.opened_at == member.joined_at


def test_a_guests_order_is_kept_without_a_member(retail: Path) -> None:
    order = Order.objects.get(number="536555")
    assert (order.member, order.account, order.paid_ore, order.currency) == (None, None, 297, "GBP")


def test_a_return_belongs_to_the_latest_earlier_purchase_with_enough_left(retail: Path) -> None:
    lines = OrderReturnLine.objects.exclude(order_line=None).order_by("order_return__number", "ref")
    found = lines.values_list("order_return__number", "order_line__order__number", "sku", "amount_ore")
    assert list(found) == [
        ("C560699", "559113", "15039", 340),
        ("C562811", "561864", "23109", 23904),  # 562812 sold it again two minutes later
        ("C562811", "561864", "23083", 15792),
    ]


def test_what_is_left_out_or_parked_is_listed_with_line_number_and_reason(retail: Path) -> None:
    with retail.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert Counter((row["kind"], row["reason"]) for row in rows) == {
        ("rejected", "quantity_is_not_positive"): 2,
        ("parked", "no_order_line_has_this_left"): 11,
    }
    assert [row["line"] for row in rows] == [
        str(line) for line in (5, 6, 7, 8, 9, 10, 11, 18, 19, 20, 53, 54, 55)
    ]
    assert rows[0] == {
        "line": "5",
        "number": "536589",
        "kind": "rejected",
        "reason": "quantity_is_not_positive",
        "explanation": "The quantity is -10, and this is no return: a stock correction is not a sale.",
    }


def test_nobody_is_told_of_what_happened_in_the_past(retail: Path) -> None:
    assert Counter(Activity.objects.values_list("kind", flat=True)) == {
        "member.joined": 7,
        "order.recorded": 10,
        "return.recorded": 7,
    }
    assert not Activity.objects.undelivered().exists()


def test_taken_in_twice_nothing_changes_and_the_report_is_the_same(retail: Path, tmp_path: Path) -> None:
    before, told = everything(), retail.read_text()
    again = tmp_path / "again.csv"
    call_command("import_orders", RETAIL, map="online-retail", rejects=again)
    assert everything() == before
    assert again.read_text() == told
    job = ImportJob.objects.latest("pk")
    assert (job.members, job.orders, job.returns, job.known) == (0, 0, 0, 17)


def test_a_compressed_file_is_the_same_file(retail: Path, tmp_path: Path) -> None:
    before = everything()
    packed = tmp_path / "packed.csv.gz"
    packed.write_bytes(gzip.compress(RETAIL.read_bytes()))
    call_command("import_orders", packed, map="online-retail", rejects=tmp_path / "again.csv")
    assert everything() == before
    assert ImportJob.objects.latest("pk").known == 17


@pytest.mark.django_db
def test_cdnow_repeat_days_and_spending_are_those_that_were_published(tmp_path: Path) -> None:
    call_command("import_orders", IMPORTS / "cdnow.txt", map="cdnow", rejects=tmp_path / "rejects.csv")
    assert not (tmp_path / "rejects.csv").exists()
    with (IMPORTS / "cdnow_summary.csv").open(newline="") as file:
        published = {row["ID"]: (int(row["x"]), Decimal(row["zbar"])) for row in csv.DictReader(file)}
    assert len(published) == 26
    assert {name: repeat_days(name) for name in published} == published


def repeat_days(name: str) -> tuple[int, Decimal]:
    """Purchases after the first in the 39 weeks to 1997-09-30, and their mean in dollars."""
    orders = Order.objects.filter(member__identities__external_id=name.zfill(4)).order_by("placed_at")
    zone = ZoneInfo("America/New_York")
    paid = [
        order.paid_ore for order in orders if order.placed_at.astimezone(zone).date() <= date(1997, 9, 30)
    ]
    mean = Decimal(sum(paid[1:])) / 100 / len(paid[1:]) if paid[1:] else Decimal(0)
    return len(paid[1:]), mean.quantize(Decimal("0.01"), ROUND_HALF_UP)


@pytest.mark.django_db
def test_pieces_that_came_back_are_not_there_to_come_back_again(till: Till) -> None:
    till.take_in(
        "1,2025-03-01,2,10,anna,LAMP,",
        "2,2025-03-02,3,10,anna,LAMP,",
        "R3,2025-03-03,-2,10,anna,LAMP,",
        "R4,2025-03-04,-2,10,anna,LAMP,",
        "R5,2025-03-05,-2,10,anna,LAMP,",
        "R6,2025-03-06,-1,10,anna,LAMP,",
        "R7,2025-03-07,-1,10,bertil,LAMP,",
        batch=2,
    )
    found = OrderReturnLine.objects.order_by("order_return__number")
    assert list(found.values_list("order_return__number", "order_line__order__number")) == [
        ("R3", "2"),
        ("R4", "1"),
        ("R5", None),
        ("R6", "2"),
        ("R7", None),
    ]
    assert till.left_out() == [
        ("6", "R5", "parked", "no_order_line_has_this_left"),
        ("8", "R7", "parked", "no_order_line_has_this_left"),
    ]
    over = OrderLine.objects.annotate(back=Sum("return_lines__quantity")).filter(back__gt=F("quantity"))
    assert not over.exists()


@pytest.mark.django_db
def test_a_return_worth_more_than_was_paid_stays_parked(till: Till) -> None:
    till.take_in("1,2025-03-01,2,10,anna,LAMP,", "R2,2025-03-03,-2,11,anna,LAMP,")
    assert OrderReturnLine.objects.get().order_line is None
    assert OrderReturn.objects.get().amount_ore == 2200


@pytest.mark.django_db
def test_a_guests_return_is_kept_and_parked(till: Till) -> None:
    till.take_in("1,2025-03-01,2,10,,LAMP,", "R2,2025-03-03,-2,10,,LAMP,")
    assert OrderReturn.objects.get().member is None
    assert till.left_out() == [("3", "R2", "parked", "returned_by_a_guest")]


@pytest.mark.django_db
def test_a_store_is_known_by_its_code_or_the_order_is_left_out(till: Till) -> None:
    store = make_store("gbg")
    till.take_in("1,2025-03-01,2,10,anna,LAMP,gbg", "2,2025-03-01,2,10,bertil,LAMP,sth")
    assert list(Order.objects.values_list("number", "store")) == [("1", store.pk)]
    assert till.left_out() == [("3", "2", "rejected", "store_is_not_known")]
    assert Member.objects.count() == 1


@pytest.mark.django_db
def test_a_number_with_other_content_than_before_is_left_out(till: Till) -> None:
    till.take_in("1,2025-03-01,2,10,anna,LAMP,", "R2,2025-03-01,-1,10,anna,LAMP,")
    before = everything()
    till.take_in("1,2025-03-01,3,10,anna,LAMP,", "R2,2025-03-01,-1,9,anna,LAMP,")
    assert everything() == before
    assert till.left_out() == [
        ("2", "1", "rejected", "order_number_used_for_something_else"),
        ("3", "R2", "rejected", "return_number_used_for_something_else"),
    ]


@pytest.mark.django_db
def test_a_longer_file_adds_what_is_new_in_it(till: Till) -> None:
    till.take_in("1,2025-03-01,2,10,anna,LAMP,")
    till.take_in("1,2025-03-01,2,10,anna,LAMP,", "2,2025-03-02,1,10,anna,LAMP,")
    job = ImportJob.objects.latest("pk")
    assert (job.orders, job.known, job.members) == (1, 1, 0)
    assert Member.objects.get().orders.count() == 2


@pytest.mark.django_db
def test_the_source_may_be_named_by_the_caller(till: Till) -> None:
    till.take_in("1,2025-03-01,2,10,anna,LAMP,", source="old-till")
    assert Order.objects.get().key == "old-till:1"
    assert MemberIdentity.objects.get().source == "old-till"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("file", "column_map", "says"),
    [
        ("missing.csv", "online-retail", "missing.csv: No such file or directory"),
        (".", "online-retail", "Is a directory"),
        ("orders.csv", "nonsense", "There is no column map nonsense.*cdnow, online-retail"),
        ("orders.csv", "online-retail", "The file has no column InvoiceNo. It has: no, at"),
        ("orders.csv.gz", "online-retail", "The file breaks off or is damaged after line 0"),
    ],
)
def test_what_cannot_be_read_says_so_and_changes_nothing(
    till: Till, file: str, column_map: str, says: str
) -> None:
    till.write("1,2025-03-01,2,10,anna,LAMP,")
    (till.folder / "orders.csv.gz").write_text("not compressed")
    with pytest.raises(CommandError, match=says):
        call_command("import_orders", till.folder / file, map=column_map, rejects=till.rejects)
    assert not Order.objects.exists()


@pytest.mark.django_db
def test_a_batch_is_refused_when_somebody_else_has_gone_on_with_the_file() -> None:
    job = start_import(file_name="a.csv", digest="d", source="till", actor="test", now=NOON)
    same = start_import(file_name="a.csv", digest="d", source="till", actor="test", now=NOON)
    assert same == job
    ImportJob.objects.update(line=7)
    with pytest.raises(UnableToImport) as refused:
        import_slips(job=job, slips=[], actor="test", now=NOON)
    assert (refused.value.key, refused.value.facts) == ("import_runs_elsewhere", {"line": 7})


def test_the_help_tells_the_form_of_a_map(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        call_command("import_orders", "--help")
    told = capsys.readouterr().out
    assert "return_prefix: C" in told
    assert "cdnow, online-retail" in told


def test_notes_of_a_run_are_kept_with_it(retail: Path) -> None:
    job = ImportJob.objects.get()
    assert (job.state, job.line, str(job)[:17]) == ("finished", 56, "online_retail.csv")
    assert job.notes.filter(Q(kind=ImportNote.Kind.PARKED)).count() == 11
    first = job.notes.order_by("line")[0]
    assert (first.line, first.reason) == (5, "quantity_is_not_positive")
