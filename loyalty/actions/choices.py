"""What members choose: offers they accept, how much is turned at a time, what they use their points for."""

from datetime import datetime
from uuid import UUID

from loyalty.actions.changing import changing, programme_at
from loyalty.engine import account as engine
from loyalty.engine import compute, conversions
from loyalty.engine.due import catch_up
from loyalty.engine.happening import MenuUse
from loyalty.models import Acceptance, Voucher
from loyalty.queries.people import person_of
from members.actions import NewUse, UnableToChoose
from members.models import Account, Member


def accept_offer(*, account: Account, offer: str, now: datetime, actor: str) -> Acceptance:
    """Accept an offer or a challenge; again where it may be. Raises ``UnableToChoose``."""
    with changing(account.pk, at=now, now=now, refusal=UnableToChoose) as (timetable, opened):
        compute.accept(timetable, opened, offer, now)
        return Acceptance.objects.create(account=account, offer=offer, accepted_at=now)


def choose_size(*, account: Account, conversion: str, size: int, now: datetime, actor: str) -> None:
    """From now on turn ``size`` smallest parts at a time, one of its sizes. Raises ``UnableToChoose``."""
    with changing(account.pk, at=now, now=now, refusal=UnableToChoose) as (timetable, opened):
        catch_up(timetable, opened, now)
        conversions.choose(programme_at(timetable, now), opened, conversion, size)


def convert_on_demand(
    *, account: Account, conversion: str, amount: int | None, now: datetime, actor: str
) -> list[Voucher]:
    """Turn ``amount`` smallest parts, or all that can be, right away, and return what it gave.

    Raises ``UnableToChoose``.
    """
    with changing(account.pk, at=now, now=now, refusal=UnableToChoose) as (timetable, opened):
        catch_up(timetable, opened, now)
        conversions.convert_on_demand(programme_at(timetable, now), conversion, opened, now, amount)
        issued = _issued(opened)
    return _rows(issued)


def use_points(*, member: Member, use: NewUse, now: datetime, actor: str) -> list[Voucher]:
    """Use points for something that is not part of an order, and return it. Raises ``UnableToChoose``."""
    wanted = MenuUse(use.menu, use.option, use.amount)
    with changing(member.account_id, at=now, now=now, refusal=UnableToChoose) as (timetable, opened):
        person = opened.people.get(str(member.pk)) or person_of(member)
        compute.use_points(timetable, opened, wanted, now, person)
        issued = _issued(opened)
    return _rows(issued)


def _issued(opened: engine.Account) -> list[UUID]:
    """What the account has been given since it was opened."""
    changes = (one for one in opened.effects if isinstance(one, engine.VoucherChange))
    return [one.voucher.ref for one in changes if one.move == "issued"]


def _rows(ids: list[UUID]) -> list[Voucher]:
    return list(Voucher.objects.filter(pk__in=ids).order_by("pk")) if ids else []
