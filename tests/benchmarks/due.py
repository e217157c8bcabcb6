"""A settlement: at the end of the quarter, whoever has enough points gets a check for them."""

from datetime import UTC, datetime, timedelta

from tests.benchmarks.club import new_club
from tests.benchmarks.imports import seconds_of
from tests.benchmarks.table import Row

MEMBERS = 200_000
ONE_IN = 5
ORDERS_EACH = 4
LATER = timedelta(days=100)


def run(*, members: int = MEMBERS) -> list[Row]:
    """One account in ``ONE_IN`` has enough; the others are passed by without being read."""
    favourites = members // ONE_IN
    orders = members + favourites * (ORDERS_EACH - 1)
    with new_club(members=members, orders=orders, favourites=favourites) as club:
        at = (datetime.now(UTC) + LATER).isoformat()
        seconds = seconds_of(lambda: club.manage("run_due", "--at", at))
        club.prove_laws()
    return [
        Row(
            f"run_due over {members:,} accounts, {favourites:,} of them with a check to get",
            f"{members / seconds:.0f} accounts/s",
            "",
            ">= 5,556/s (1M in 3 min)",
        ),
        Row("checks issued", f"{favourites / seconds:.0f}/s"),
        Row("laws of the ledger afterwards", "hold"),
    ]
