"""What happens to a member by the calendar alone: birthdays and anniversaries, and the rules about them."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from loyalty.engine.account import Account
from loyalty.engine.calendar import day_start, local_day, next_yearly_day
from loyalty.engine.conversions import convert_at_once
from loyalty.engine.earning import award
from loyalty.engine.happening import act
from loyalty.engine.posting import post
from loyalty.engine.programme import Programme
from loyalty.engine.reading import Reading

_DAY = timedelta(days=1)


def next_occasions(programme: Programme, account: Account) -> Iterator[tuple[datetime, str]]:
    """When the birthday and the anniversary come next, where rules are about them."""
    zone, born = programme.zone, account.person.birth_date if account.person else None
    after = local_day(account.computed_to, zone)
    days: dict[str, date | None] = {
        "birthday": born,
        "birthday_month": born and born.replace(day=1),
        "anniversary": local_day(account.joined_at, zone),
    }
    for event, day in days.items():
        if day is None or event not in programme.rules_by_event:
            continue
        first = max(after, day) + _DAY if event == "anniversary" else after
        moment = day_start(next_yearly_day(day.month, day.day, first), zone)
        if moment <= account.computed_to:
            moment = day_start(next_yearly_day(day.month, day.day, first + _DAY), zone)
        yield moment, event


def occur(programme: Programme, account: Account, event: str, at: datetime) -> None:
    """Give what the rules about ``event`` give, at the start of its day."""
    order = act(event, f"{event}:{at.astimezone(programme.zone).year}", at)
    for given in award(programme, order, Reading(programme, account, at)).given:
        if given.amount:
            post(programme, account, order, given, at)
    account.remember(f"event.{event}", at, 1, order.key)
    convert_at_once(programme, account, at)
