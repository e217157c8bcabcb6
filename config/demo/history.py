"""Playing the past through the very actions that a till calls: orders, checks used, returns, readings."""

from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

from config.demo.goods import WEBSHOP
from config.demo.people import ACTOR
from config.demo.shopping import Piece, Purchase
from loyalty import actions
from loyalty.models import Voucher
from members.actions import NewLine, NewOrder, NewReturn, NewReturnLine, UnableTo
from members.models import Member, Store

BATCH = timedelta(days=7)
TILL = "till"

Wallet = dict[int, list[Voucher]]


@dataclass(slots=True)
class Shop:
    """The shop as its tills know it: stores and members by their codes, and the next receipt's number."""

    stores: dict[str, Store]
    members: dict[str, Member] = field(default_factory=dict)
    receipts: int = 100_000
    waiting: list[tuple[datetime, NewReturn]] = field(default_factory=list)

    def order(self, purchase: Purchase, codes: tuple[str, ...] = ()) -> NewOrder:
        self.receipts += 1
        order = NewOrder(
            source=WEBSHOP if purchase.store == WEBSHOP else TILL,
            number=str(self.receipts),
            placed_at=purchase.placed_at,
            member=self.members.get(purchase.buyer),
            store=self.stores[purchase.store],
            channel="web" if purchase.store == WEBSHOP else "shop",
            lines=tuple(new_line(place, piece) for place, piece in enumerate(purchase.pieces, start=1)),
            vouchers=codes,
        )
        if purchase.back_at:
            self.waiting.append((purchase.back_at, return_of(order, purchase.back_at)))
        return order

    def returns_until(self, until: datetime) -> list[NewReturn]:
        """Take the returns that come back before ``until``."""
        due = [new for at, new in self.waiting if at < until]
        self.waiting = [(at, new) for at, new in self.waiting if at >= until]
        return due


def new_line(place: int, piece: Piece) -> NewLine:
    article = piece.article
    return NewLine(
        ref=str(place),
        quantity=Decimal(piece.quantity),
        gross_ore=piece.gross_ore,
        discount_ore=piece.discount_ore,
        vat_rate=Decimal(0 if "gift_card" in article.flags else 25),
        sku=article.sku,
        name=article.name,
        category_path=article.path,
        brand="Hemvist",
        flags=article.flags,
    )


def return_of(order: NewOrder, at: datetime) -> NewReturn:
    first = order.lines[0]
    return NewReturn(
        source=order.source,
        number=f"R{order.number}",
        order_number=order.number,
        returned_at=at,
        lines=(NewReturnLine(ref="1", quantity=first.quantity, order_line_ref=first.ref),),
    )


def readings_between(start: datetime, end: datetime) -> list[datetime]:
    """The starts of calendar quarters after ``start`` and not after ``end``: when points become checks."""
    zone = ZoneInfo(str(end.tzinfo))
    firsts = [
        datetime(year, month, 1, tzinfo=zone)
        for year in range(start.year, end.year + 1)
        for month in (1, 4, 7, 10)
    ]
    return [first for first in firsts if start < first <= end]


def play(
    shop: Shop,
    purchases: Sequence[Purchase],
    *,
    start: datetime,
    end: datetime,
    tell: Callable[[float], None],
) -> None:
    """Record ``purchases``, oldest first, in batches; ``tell`` hears what share is done."""
    readings = set(readings_between(start, end))
    left = deque(purchases)
    for since, until in stretches(start, end, readings):
        batch = []
        while left and left[0].placed_at < until:
            batch.append(left.popleft())
        _record(shop, batch, since, until)
        if until in readings:
            actions.run_due(at=until, now=until)
        tell(1 - len(left) / len(purchases))


def stretches(start: datetime, end: datetime, readings: set[datetime]) -> Iterator[tuple[datetime, datetime]]:
    """Weeks, cut where a reading falls: what is bought after it must find its check."""
    cuts = {start, end, *readings}
    week = start + BATCH
    while week < end:
        cuts.add(week)
        week += BATCH
    return pairwise(sorted(cuts))


def _record(shop: Shop, batch: Sequence[Purchase], since: datetime, until: datetime) -> None:
    wallet = _wallet(shop, batch, since)
    orders = [shop.order(one, _check_for(shop, wallet, one)) for one in batch]
    _refuse_refusals(actions.record_orders(orders=orders, actor=ACTOR, now=until, is_history=True))
    returns = shop.returns_until(until)
    _refuse_refusals(actions.record_returns(returns=returns, actor=ACTOR, now=until, is_history=True))


def _refuse_refusals(answers: Sequence[object]) -> None:
    """An invented shop whose books do not add up is a fault of ours."""
    for answer in answers:
        if isinstance(answer, UnableTo):
            raise answer


def _wallet(shop: Shop, batch: Sequence[Purchase], at: datetime) -> Wallet:
    """The checks of those who would like to use one."""
    wishing = {shop.members[one.buyer].account_id for one in batch if one.wants_check and one.buyer}
    usable = Voucher.objects.usable(at).filter(account__in=wishing, kind="money_off")
    wallet: Wallet = defaultdict(list)
    for voucher in usable.order_by("account_id", "issued_at"):
        wallet[voucher.account_id].append(voucher)
    return wallet


def _check_for(shop: Shop, wallet: Wallet, purchase: Purchase) -> tuple[str, ...]:
    """The code of the oldest check that the basket can bear, taken out of the wallet."""
    if not (purchase.wants_check and purchase.buyer):
        return ()
    checks = wallet.get(shop.members[purchase.buyer].account_id, [])
    for check in checks:
        lasts = check.expires_at is None or purchase.placed_at < check.expires_at
        if lasts and check.value_ore <= purchase.total_ore:
            checks.remove(check)
            return (check.code,)
    return ()
