"""Whether an order costs more when there are many of them."""

from tests.benchmarks.club import new_club
from tests.benchmarks.orders import CLUB, MEMBERS, told
from tests.benchmarks.serving import served
from tests.benchmarks.table import Row, of_pairs

ORDERS = 150_000


def run(*, seconds: float, pairs: int, orders: int = ORDERS) -> list[Row]:
    with (
        new_club(members=MEMBERS) as young,
        new_club(members=MEMBERS, orders=orders, suffix="_grown") as old,
        served(CLUB, young) as few,
        served(CLUB, old) as many,
    ):
        for server in (few, many):
            server.call(seconds / 2)
        loads = [(few.call(seconds), many.call(seconds)) for _ in range(pairs)]
        young.prove_laws()
        old.prove_laws()
    empty, full = ([pair[0] for pair in loads], [pair[1] for pair in loads])
    ratio = of_pairs([load.per_second for load in full], [load.per_second for load in empty])
    return [
        Row("POST orders/, empty tables", told(empty), "1"),
        Row(f"POST orders/, {orders:,} orders in the tables", told(full), ratio, ">= 0.85"),
        Row("laws of the ledger afterwards", "hold"),
    ]
