"""Draws of a club in memory: each pool once."""

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING

from loyalty.engine import draws
from loyalty.engine.errors import Refused
from loyalty.engine.objects import Draw

if TYPE_CHECKING:
    from loyalty.engine.memory import MemoryClub


def draw_now(club: "MemoryClub", key: str, pool: draws.Pool | None, at: datetime) -> None:
    """Hold a pool of a draw, or every one that has not been. Raises ``Refused``."""
    programme = club.programme(at)
    draw = next((one for one in programme.draws if one.key == key), None)
    if draw is None:
        raise Refused("no_such_draw", draw=key)
    for one in [pool] if pool else list(draws.pools_of(programme, draw)):
        if (key, one.first) not in club.drawn:
            hold(club, draw, one)


def hold(club: "MemoryClub", draw: Draw, pool: draws.Pool) -> None:
    club.drawn.add((draw.key, pool.first))
    won = club.wins.setdefault(draw.key, [])
    programme = draws.rules_of(club.timetable, draw, pool.drawn_at)
    before = Counter(win.who for win in won)
    won += draws.hold(programme, draw, pool, club.accounts, before)
    for name in {win.who for win in won}:
        club.write_account(name)
