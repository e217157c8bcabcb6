"""Many at the same moment, each with a database connection of its own."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection

Answer = TypeVar("Answer")
MANY = 8


def at_once(call: Callable[[int], Answer], many: int = MANY) -> list[Answer]:
    """Call from ``many`` threads at the same moment, and answer what each call answered."""
    gate = threading.Barrier(many)

    def run(index: int) -> Answer:
        try:
            connection.ensure_connection()
            gate.wait()
            return call(index)
        finally:
            connection.close()

    with ThreadPoolExecutor(many) as pool:
        return list(pool.map(run, range(many)))
