"""Settling what tills did without a network: a check that was used elsewhere meanwhile is told, never hidden."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from loyalty.actions.vouchers import redeem_voucher
from loyalty.models import OfflineUse, Voucher
from loyalty.queries.passes import PassIsNotOursError, read_pass
from members.actions import UnableTo, UnableToRedeem
from members.models import Member, Store


@dataclass(frozen=True, kw_only=True, slots=True)
class NewOfflineUse:
    """``number`` is the till's own and used once; ``token`` is the pass that was shown.

    ``amount_ore`` is what the order cost before the check, ``given_ore`` what the till took off.
    """

    number: str
    token: str
    code: str
    order_key: str
    amount_ore: int
    given_ore: int
    used_at: datetime


def settle_offline_use(
    *, new: NewOfflineUse, source: str, store: Store | None, now: datetime, actor: str
) -> OfflineUse:
    """Use the check now, as of then, or say why that cannot be. Told again, it is answered again."""
    known = OfflineUse.objects.filter(source=source, number=new.number).first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            return _settle(new, source, store, now, actor)
    except IntegrityError:  # a twin of this call was first
        return OfflineUse.objects.get(source=source, number=new.number)


def _settle(new: NewOfflineUse, source: str, store: Store | None, now: datetime, actor: str) -> OfflineUse:
    row = OfflineUse(
        source=source,
        number=new.number,
        voucher=Voucher.objects.filter(code=new.code).first(),
        store=store,
        code=new.code,
        order_key=new.order_key,
        given_ore=new.given_ore,
        state=OfflineUse.State.SETTLED,
        used_at=new.used_at,
        told_at=now,
    )
    try:
        row.member = _shown_by(new)
        row.booked_ore = redeem_voucher(
            code=new.code,
            order_key=new.order_key,
            amount_ore=new.amount_ore,
            at=min(new.used_at, now),
            now=now,
            actor=actor,
            store=store.code if store else "",
        ).discount_ore
    except UnableTo as error:
        is_double = error.key == "voucher_used"
        row.state = OfflineUse.State.DOUBLE if is_double else OfflineUse.State.REFUSED
        row.first_order_key = str(error.facts["order"]) if is_double else ""
        row.reason = error.key
    row.save(force_insert=True)
    return row


def _shown_by(new: NewOfflineUse) -> Member | None:
    """Whose pass it was. Raises ``UnableToRedeem`` for one that could not have been accepted."""
    try:
        shown = read_pass(new.token)
    except PassIsNotOursError:
        raise UnableToRedeem("pass_is_not_ours") from None
    if not shown.held_at(new.used_at):
        raise UnableToRedeem("pass_has_ended")
    if new.code not in shown.codes:
        raise UnableToRedeem("check_is_not_on_the_pass", code=new.code)
    return Member.objects.filter(number=shown.number).first()
