"""How an account stands under the rules in force: what every page that only reads asks its questions of."""

from datetime import datetime

from loyalty.engine.reading import Reading
from loyalty.queries.accounts import Wanted, load_books


def standing_of(account_id: int, at: datetime) -> Reading | None:
    """The account just as the engine would read it at ``at``; ``None`` before the club has rules."""
    books = load_books(Wanted([account_id], since=at))
    programme = books.timetable.latest(at)
    return Reading(programme, books.accounts[account_id], at) if programme else None
