"""The benchmarks measure; this only holds them to still run."""

from tests.benchmarks import engine
from tests.benchmarks.table import of_pairs, written


def test_the_engine_s_benchmark_fills_its_table() -> None:
    rows = engine.run(orders=60)
    assert [row.what for row in rows] == [
        "place_order, 3 lines, quarterly readings in between",
        "effects of an order, on average",
    ]
    assert all(row.what in written("engine", rows) for row in rows)


def test_a_ratio_is_the_median_of_its_pairs() -> None:
    assert of_pairs([50, 80, 30], [100, 100, 100]) == "0.50 [0.30-0.80]"
