"""What settling a run again would change, worked out and not written."""

from dataclasses import dataclass
from datetime import date, datetime

from loyalty.engine.calendar import last_moment
from loyalty.engine.due import catch_up
from loyalty.engine.reopening import is_reopenable, of_run, reopen
from loyalty.queries.accounts import load_accounts
from loyalty.queries.programmes import timetable as published_timetable
from members.models import Account


@dataclass(frozen=True, slots=True)
class Reopening:
    """Öre that the vouchers of the run stand at, used ones too: now, and when it has been settled again."""

    before_ore: int
    after_ore: int


def reopenable_runs(at: datetime) -> list[str]:
    """The conversions of the programme in force whose runs can be settled again."""
    programme = published_timetable().latest(at)
    return [one.key for one in programme.runs if is_reopenable(one)] if programme else []


def reopening_of(account: Account, conversion: str, day: date, at: datetime) -> Reopening:
    """What it would come to for ``account``. Raises ``Refused``."""
    timetable = published_timetable()
    found = load_accounts(timetable, [account.pk], since=at, rule=conversion)[account.pk]
    programme = timetable.versions[-1][2] if (latest := timetable.latest(at)) is None else latest
    run_at = last_moment(day, programme.zone)
    catch_up(timetable, found, at)
    before = sum(one.value for one in of_run(found, conversion, run_at))
    reopen(programme, found, conversion, run_at, at, {"key": "run_reopened", "reason": ""})
    return Reopening(before, sum(one.value for one in of_run(found, conversion, run_at)))
