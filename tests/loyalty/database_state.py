"""How a member stands on the real tables, in the words of a rehearsal."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from loyalty.engine import perks
from loyalty.engine.calendar import last_day
from loyalty.engine.challenges import progress_of
from loyalty.engine.fees import due_by
from loyalty.engine.outcome import MeterState, State, VoucherState
from loyalty.engine.programme import Programme
from loyalty.engine.reading import Reading
from loyalty.models import Balance, Booking, DrawResult, Entry, Lot, Standing, Voucher
from loyalty.queries.accounts import load_accounts
from loyalty.queries.funds import fund_balance
from loyalty.queries.people import person_of
from loyalty.queries.programmes import timetable
from members.models import Activity, Member


def state_of(member: Member | None, at: datetime, zone: ZoneInfo) -> State:
    programme = timetable().latest(at)
    if programme is None:
        return State()
    funds = {key: fund_balance(fund) for key, fund in programme.funds.items()}
    if member is None:
        return State(funds=funds)
    account = member.account
    account.refresh_from_db()
    standing = Standing.objects.filter(account=account).first()
    vouchers = Voucher.objects.filter(account=account).order_by("issued_at", "pk")
    opened = load_accounts(timetable(), [account.pk], since=at)[account.pk]
    person = opened.people.get(str(member.pk)) or person_of(member)
    reading = Reading(programme, opened, at, person=person)
    credits_given = Activity.objects.filter(account=account, kind="credit.given")
    return State(
        meters={row.meter: _meter_state(row, at) for row in Balance.objects.filter(account=account)},
        vouchers=[_voucher_state(row, zone) for row in vouchers],
        tiers={
            ladder: (held["tier"], _last_day(held["valid_to"], zone))
            for ladder, held in (standing.tiers if standing else {}).items()
        },
        is_closed=account.closed_at is not None,
        funds=funds,
        progress={
            one.key: progress_of(programme, one, one.goals[0], opened, at) for one in programme.challenges
        },
        open={key: perks.is_open(perk, reading) for key, perk in programme.perks.items()},
        benefits={key: perks.benefit_of(perk, reading) for key, perk in programme.perks.items()},
        seats=_seats(member, programme, is_waiting=False),
        waiting=_seats(member, programme, is_waiting=True),
        fee=sum(due_by(fee, opened.joined_at, at, zone) for fee in programme.fees),
        credit=sum(one.facts["value_ore"] for one in credits_given),
        **_draws(programme, account.pk),
    )


def _draws(programme: Programme, account_id: int) -> dict[str, dict[str, int]]:
    meters = {draw.key: Balance.objects.filter(meter=draw.meter) for draw in programme.draws}
    return {
        "entries": {key: _sum(rows.filter(account_id=account_id)) for key, rows in meters.items()},
        "pool": {key: _sum(rows) for key, rows in meters.items()},
        "winners": {
            key: sum(len(one.winners) for one in DrawResult.objects.filter(draw=key)) for key in meters
        },
    }


def _sum(rows: Iterable[Balance]) -> int:
    return sum(row.amount for row in rows)


def _seats(member: Member, programme: Programme, *, is_waiting: bool) -> dict[str, int]:
    rows = Booking.objects.filter(member=member, is_waiting=is_waiting)
    return {
        key: sum(row.seats for row in rows.filter(perk=key))
        for key in programme.perks
        if Booking.objects.filter(perk=key).exists()
    }


def _voucher_state(row: Voucher, zone: ZoneInfo) -> VoucherState:
    is_open = row.state in ("scheduled", "issued", "reserved")
    left = row.value_ore - row.used_ore if is_open else 0
    last = _last_day(row.expires_at.isoformat() if row.expires_at else None, zone)
    return VoucherState(row.code, row.reward, row.value_ore, left, last, row.state, bool(row.given_to))


def _last_day(moment: str | None, zone: ZoneInfo) -> date | None:
    return last_day(datetime.fromisoformat(moment), zone) if moment else None


def _meter_state(row: Balance, at: datetime) -> MeterState:
    lots = list(Lot.objects.filter(account_id=row.account_id, meter=row.meter, remaining__gt=0))
    usable = [lot for lot in lots if lot.available_from <= at and (not lot.expires_at or at < lot.expires_at)]
    later = [lot for lot in lots if at < lot.available_from]
    return MeterState(
        row.amount, sum(lot.remaining for lot in usable), sum(lot.remaining for lot in later), row.debt
    )


def lost_points(key: str) -> int:
    """Öre that were lost of the points used on the order with that key."""
    used = Entry.objects.filter(source=key, kind="redeem").values_list("because", flat=True)
    return sum(because.get("lost_ore", 0) for because in used)


def sums(entries: Any) -> dict[str, int]:
    found: dict[str, int] = {}
    for meter, amount in entries.values_list("meter", "amount"):
        found[meter] = found.get(meter, 0) + amount
    return found
