"""A settlement: every account has its points read on the last day of the quarter."""

from datetime import UTC, datetime, timedelta

from tests.benchmarks.club import new_club
from tests.benchmarks.imports import seconds_of
from tests.benchmarks.table import Row

MEMBERS = 5_000
ORDERS_EACH = 4
LATER = timedelta(days=100)


def run(*, members: int = MEMBERS) -> list[Row]:
    with new_club(members=members, orders=members * ORDERS_EACH) as club:
        at = (datetime.now(UTC) + LATER).isoformat()
        seconds = seconds_of(lambda: club.manage("run_due", "--at", at))
        club.prove_laws()
    return [
        Row(
            f"run_due over {members:,} accounts, every one with a check to get",
            f"{members / seconds:.0f} accounts/s",
            "",
            ">= 5,556/s (1M in 3 min)",
        ),
        Row("laws of the ledger afterwards", "hold"),
    ]
