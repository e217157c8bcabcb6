"""Tiers that are not earned: given by staff, bought, matched, or had by subscription. Each is a floor with an end."""

from dataclasses import dataclass
from datetime import datetime

from loyalty.engine import tiers
from loyalty.engine.account import Account
from loyalty.engine.effects import Because, Held
from loyalty.engine.errors import Refused
from loyalty.engine.happening import Order
from loyalty.engine.ladders import TierLadder
from loyalty.engine.programme import Programme
from loyalty.engine.reading import Reading


@dataclass(frozen=True, slots=True)
class ByHand:
    """Who gives a tier, why, and as what: manual, gifted, matched, bought or subscription."""

    actor: str
    reason: str
    origin: str = "manual"


def grant(programme: Programme, account: Account, order: Order, reading: Reading) -> None:
    """Give the tiers that ``order``, or an act, gives by itself."""
    for ladder in programme.ladders:
        for rule in ladder.given_by:
            if rule.event != order.event or rule.scope.refuses_order(order, programme.zone, reading):
                continue
            if all(rule.scope.refuses_line(line) for line in order.lines):
                continue
            ends = rule.lifetime.expires_at(order.at, programme.zone)
            given = Held(rule.tier, ends, order.at, rule.origin, account.tier(ladder.key), order.key)
            because: Because = {"key": "tier_given", "tier": rule.tier, "origin": rule.origin}
            _give(ladder, account, given, order.at, because)


def _give(
    ladder: TierLadder,
    account: Account,
    given: Held,
    at: datetime,
    because: Because,
    by: ByHand | None = None,
) -> None:
    """Of two given tiers the higher holds, of two alike the one that lasts longer; staff may replace either."""
    earned, before = tiers.layers(account.tiers.get(ladder.key))
    if before and by is None:
        ranks = ladder.rank_of(before.tier), ladder.rank_of(given.tier)
        lasts = before.valid_to is None or (given.valid_to is not None and before.valid_to >= given.valid_to)
        if ranks[0] > ranks[1] or (ranks[0] == ranks[1] and lasts):
            return
    held = tiers.combined(ladder, earned, given, at)
    actor, reason = (by.actor, by.reason) if by else ("", "")
    tiers.move(account, ladder.key, held, at, because, actor, reason, given.origin)


def give_by_hand(
    programme: Programme,
    account: Account,
    ladder_key: str,
    tier: str,
    valid_to: datetime | None,
    at: datetime,
    by: ByHand,
) -> None:
    """A tier given by staff is a floor until ``valid_to``. Raises ``Refused``."""
    ladder = tiers.ladder_of(programme, ladder_key)
    if ladder is None or ladder.rank_of(tier) < 0:
        raise Refused("no_such_tier", ladder=ladder_key, tier=tier)
    given = Held(tier, valid_to, at, by.origin, account.tier(ladder_key))
    because: Because = {"key": "tier_set_by_hand", "tier": tier}
    if by.origin != "manual":
        because = {"key": "tier_given", "tier": tier, "origin": by.origin}
    _give(ladder, account, given, at, because, by)


def take_back(programme: Programme, account: Account, source: str, at: datetime) -> None:
    """The order or act that gave a tier is gone, and so is the tier."""
    for ladder in programme.ladders:
        earned, given = tiers.layers(account.tiers.get(ladder.key))
        if given and given.source == source:
            because: Because = {"key": "tier_taken_back", "tier": given.tier}
            tiers.move(account, ladder.key, tiers.combined(ladder, earned, None, at), at, because)
