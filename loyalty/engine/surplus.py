"""What counts towards a tier: what was earned in its window, and what ran over in the windows before."""

from loyalty.engine.ladders import TierLadder
from loyalty.engine.reading import Reading

# Windows that follow each other, so that there is a next one to count in.
FOLLOWING = ("calendar", "year_from", "own", "membership_year", "since_join")
_EVERY = 10_000


def counted(ladder: TierLadder, reading: Reading) -> int:
    """Smallest parts of the ladder's meter, in the window that now lies in."""
    earned = reading.counted(ladder.meter, ladder.window)
    return earned + _carried(ladder, reading) if ladder.carries_surplus else earned


def _carried(ladder: TierLadder, reading: Reading) -> int:
    """What of every window before, with what ran over into it, was more than the tier took that it reached."""
    carried = 0
    for earned in reversed(reading.counted_in_each(ladder.meter, ladder.window, _EVERY)):
        carried = _beyond(ladder, earned + carried)
    return carried


def _beyond(ladder: TierLadder, amount: int) -> int:
    taken = [tier.threshold for tier in ladder.tiers if tier.threshold is not None]
    return min((amount - one for one in taken if one <= amount), default=0)
