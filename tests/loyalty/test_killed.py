"""A real process killed in the middle of long work, and what the next one makes of it.

Killed is killed: SIGKILL, as from a machine that has run out of memory, with the work of some chunks stored.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from loyalty import actions
from loyalty.actions.trials import LEASE
from loyalty.models import Allocation, Balance, Entry, Lot, Standing, TrialPart, TrialRun, Voucher
from loyalty.queries import forget_programmes
from loyalty.queries.presets import preset
from members.actions import NewLine, NewOrder
from members.models import Account, Activity, Member
from tests.config.programs import BASE_DIR, environment
from tests.loyalty.api import make

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True, reset_sequences=True)]

JANUARY, APRIL = datetime(2025, 1, 10, 12, tzinfo=UTC), datetime(2025, 4, 2, tzinfo=UTC)
TRIED = datetime(2025, 3, 20, tzinfo=UTC)
PATIENCE = 120
MEMBERS = 3000
TRY = f"""
from datetime import datetime
from loyalty import actions
while actions.run_trials(now=datetime.fromisoformat("{TRIED.isoformat()}"), size=50):
    pass
"""


def everybody() -> None:
    """Members with 2,300 points each of the first quarter."""
    make.programme()
    accounts = Account.objects.bulk_create(Account(opened_at=make.START) for _each in range(MEMBERS))
    members = Member.objects.bulk_create(
        Member(number=f"M{number}", account=account, joined_at=make.START, language="sv")
        for number, account in enumerate(accounts)
    )
    for first in range(0, MEMBERS, 1000):
        some = [bought(member) for member in members[first : first + 1000]]
        actions.record_orders(orders=some, now=JANUARY, actor="test")


def bought(member: Member) -> NewOrder:
    line = NewLine(ref="1", quantity=Decimal(1), gross_ore=2300_00)
    return NewOrder(source="web", number=member.number, placed_at=JANUARY, lines=(line,), member=member)


def killed_in_the_middle(*arguments: str, done: Callable[[], int]) -> int:
    """Start a process of our own and kill it once some is ``done``; answers how much was."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        env=environment(STAMKUND_ENV="test", DATABASE_URL=database_url(), LOG_LEVEL="WARNING"),
        cwd=BASE_DIR,
    )
    deadline = time.monotonic() + PATIENCE
    try:
        while not done() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.002)
    finally:
        process.kill()
        process.wait(PATIENCE)
    return done()


def database_url() -> str:
    """The database of this test, for another process."""
    told = connection.settings_dict
    return f"postgres://{told['USER']}:{told['PASSWORD']}@{told['HOST']}:{told['PORT']}/{told['NAME']}"


def ledger() -> list[tuple[Any, ...]]:
    """All that a settlement writes, without what only says when, and by which number, it was written down."""
    lots = Lot.objects.order_by("account_id", "entry__sequence")
    allocations = Allocation.objects.order_by("debit__account_id", "debit__sequence", "lot__entry__sequence")
    return [
        *Entry.objects.order_by("account_id", "sequence").values_list(
            "account_id", "sequence", "meter", "kind", "amount", "rule", "source", "effective_at", "because"
        ),
        *lots.values_list("account_id", "amount", "remaining", "earned_at", "available_from", "expires_at"),
        *allocations.values_list("debit__account_id", "debit__sequence", "lot__entry__sequence", "amount"),
        *Balance.objects.order_by("account_id", "meter").values_list("account_id", "meter", "amount", "debt"),
        *Voucher.objects.order_by("account_id", "issued_at").values_list(
            "account_id", "reward", "value_ore", "state", "issued_at", "expires_at", "because"
        ),
        *Standing.objects.order_by("account_id").values_list("account_id", "sequence", "due_at", "tiers"),
        *Activity.objects.order_by("account_id", "kind", "occurred_at").values_list(
            "account_id", "member_id", "kind", "occurred_at"
        ),
    ]


def test_a_settlement_killed_in_the_middle_pays_everybody_once_when_it_is_run_again() -> None:
    everybody()
    paid = killed_in_the_middle("run_due", "--at", APRIL.isoformat(), done=Voucher.objects.count)
    assert 0 < paid < MEMBERS
    left = actions.run_due(at=APRIL, now=APRIL).accounts
    assert paid + left == MEMBERS
    assert actions.run_due(at=APRIL, now=APRIL).accounts == 0
    _check, proofs = actions.check_ledger(now=APRIL)
    assert [proof.law for proof in proofs if proof.breaks] == []
    after_the_kill = ledger()
    call_command("flush", interactive=False, verbosity=0)
    forget_programmes()
    everybody()
    actions.run_due(at=APRIL, now=APRIL)
    assert after_the_kill == ledger()


def test_a_trial_killed_in_the_middle_ends_in_the_same_bytes() -> None:
    everybody()
    draft = actions.import_programme(document=preset("duvan"), name="Utkast", now=TRIED)
    before = ledger()

    def asked() -> TrialRun:
        return actions.start_trial(
            version=draft, months=3, used_percent=100, actor="vera", now=TRIED, parts=2
        )

    def finished(run: TrialRun, now: datetime) -> bytes:
        while actions.run_trials(now=now, size=50):
            pass
        run.refresh_from_db()
        assert (run.state, run.done_accounts) == ("finished", MEMBERS)
        return json.dumps(run.figures).encode()

    undisturbed = finished(asked(), TRIED)
    run = asked()

    def done() -> int:
        return TrialRun.objects.get(pk=run.pk).done_accounts

    assert 0 < killed_in_the_middle("shell", "--verbosity", "0", "-c", TRY, done=done) < MEMBERS
    assert TrialPart.objects.filter(run=run, busy_until__isnull=False).count() == 1
    assert finished(run, TRIED + LEASE + timedelta(seconds=1)) == undisturbed
    assert ledger() == before
