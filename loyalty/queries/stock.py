"""How many are left of rewards of which there are only so many."""

from collections.abc import Mapping
from functools import partial

from django.db.models import Count

from loyalty.engine.account import Account
from loyalty.engine.programme import Timetable
from loyalty.engine.stock import Shelf
from loyalty.models import ProgrammeVersion, Voucher

TAKEN = (Voucher.State.ISSUED, Voucher.State.RESERVED, Voucher.State.REDEEMED)


def put_shelf(timetable: Timetable, accounts: Mapping[int, Account], *, is_locked: bool) -> None:
    """Let ``accounts`` find what is left, where any version has a reward with a stock."""
    stocked = {
        int(programme.key): [reward.key for reward in programme.rewards.values() if reward.stock]
        for _start, _end, programme in timetable.versions
    }
    stocked = {version: rewards for version, rewards in stocked.items() if rewards}
    if not stocked:
        return
    rewards = {reward for several in stocked.values() for reward in several}
    shelf = Shelf(partial(_taken, sorted(rewards), sorted(stocked) if is_locked else []))
    for account in accounts.values():
        account.shelf = shelf


def _taken(rewards: list[str], versions: list[int]) -> dict[str, int]:
    lock_shelf(versions)
    return counted(rewards)


def counted(rewards: list[str]) -> dict[str, int]:
    """How many of each are held or used."""
    rows = Voucher.objects.filter(reward__in=rewards, state__in=TAKEN).order_by()
    return dict(rows.values_list("reward").annotate(taken=Count("pk")))


def lock_shelf(versions: list[int]) -> None:
    """Whoever comes second waits. Accounts are locked before, never after: nobody waits for somebody who waits."""
    if versions:
        list(ProgrammeVersion.objects.filter(pk__in=versions).order_by("pk").select_for_update(no_key=True))
