"""How somebody stands in a club in memory, in the words of a rehearsal."""

from datetime import datetime
from typing import TYPE_CHECKING

from loyalty.engine import funds, perks
from loyalty.engine.calendar import last_day
from loyalty.engine.challenges import progress_of
from loyalty.engine.fees import due_by
from loyalty.engine.outcome import State
from loyalty.engine.records import meter_state, voucher_state

if TYPE_CHECKING:
    from loyalty.engine.memory import MemoryClub


def state_of(club: "MemoryClub", member: str, at: datetime) -> State:
    account = club.accounts.get(club.account_of.get(member, ""))
    programme = club.timetable.latest(at)
    if programme is None:
        return State()
    held = {key: funds.balance_of(fund, club.fund_entries) for key, fund in programme.funds.items()}
    if account is None:
        return State(funds=held)
    reading = club.reading(member, at)
    return State(
        meters={meter: meter_state(account, meter, at) for meter in account.balances},
        vouchers=[voucher_state(voucher, programme.zone) for voucher in account.vouchers],
        tiers={
            ladder: (held.tier, held.valid_to and last_day(held.valid_to, programme.zone))
            for ladder, held in account.tiers.items()
        },
        is_closed=account.closed_at is not None,
        funds=held,
        progress={
            one.key: progress_of(programme, one, one.goals[0], account, at) for one in programme.challenges
        },
        entries={draw.key: account.balance(draw.meter) for draw in programme.draws},
        pool={
            draw.key: sum(one.balance(draw.meter) for one in club.accounts.values())
            for draw in programme.draws
        },
        winners={draw.key: len(club.wins.get(draw.key, ())) for draw in programme.draws},
        open={key: perks.is_open(perk, reading) for key, perk in programme.perks.items()},
        benefits={key: perks.benefit_of(perk, reading) for key, perk in programme.perks.items()},
        seats={key: perks.seats_of(booked, member) for key, booked in club.bookings.items()},
        waiting={key: perks.waited_for(booked, member) for key, booked in club.bookings.items()},
        credit=club.credits.get(member, 0),
        fee=sum(due_by(fee, account.joined_at, at, programme.zone) for fee in programme.fees),
    )
