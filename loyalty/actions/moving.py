"""Coming to share an account, and leaving it for one of one's own: whole accounts, or a share of one, change hands."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet, Sum

from loyalty.actions.accounts import open_accounts
from loyalty.actions.booking import Context, book
from loyalty.actions.changing import owners
from loyalty.engine.due import catch_up
from loyalty.engine.errors import Refused
from loyalty.engine.households import began_at, check_home, check_room
from loyalty.engine.transfers import MERGED, MOVED_OUT, Moving, Share, merge, part
from loyalty.models import Acceptance, Act, Award, Entry, Standing, Voucher
from loyalty.queries.people import person_of
from loyalty.queries.programmes import timetable as published_timetable
from members import actions as members
from members.actions import UnableToShare
from members.models import Account, Member, Order


@transaction.atomic
def move_in(*, member: Member, account: Account, actor: str, now: datetime, reason: str = "") -> Member:
    """``member``, with all that is on their account, comes to share ``account``; from a household, with their share of it.

    Raises ``UnableToShare``: ``shares_it_already``, ``household_full``, ``not_the_same_address``, ``account_is_closed``, …
    """
    member = locked_with(member, account.pk)
    if member.account_id == account.pk:
        raise UnableToShare("shares_it_already")
    people = [person_of(one) for one in Member.objects.active().filter(account=account).in_turn()]
    programme = published_timetable().latest(now)
    try:
        check_room(programme, len(people))
        check_home(programme, people[0] if people else None, person_of(member))
    except Refused as refused:
        raise UnableToShare(refused.key, **refused.facts) from refused
    merge_into(member=member, account=account, actor=actor, now=now, reason=reason)
    follow_years(account, now)
    return member


@transaction.atomic
def move_out(*, member: Member, actor: str, now: datetime, reason: str = "") -> Member:
    """An account of their own for who has shared one, with the share that the rules let go along.

    Raises ``UnableToShare``: ``shares_with_nobody``.
    """
    member = locked_with(member)
    if not _others(member).exists():
        raise UnableToShare("shares_with_nobody")
    return take_share(member=member, at=now, actor=actor, now=now, reason=reason)


def locked_with(member: Member, *account_ids: int) -> Member:
    """``member`` as they are, on an account that is locked, as the named ones are, until the transaction ends."""
    seen = Member.objects.values_list("account_id", flat=True).get(pk=member.pk)
    wanted = Account.objects.filter(pk__in={seen, *account_ids}).order_by("pk")
    found = {one.pk: one for one in wanted.select_for_update(no_key=True)}
    locked = Member.objects.select_for_update(no_key=True, of=("self",)).get(pk=member.pk)
    if locked.account_id != seen or any(one.merged_into_id for one in found.values()):
        raise UnableToShare("account_has_moved")
    if locked.state != Member.State.ACTIVE:
        raise UnableToShare("member_is_closed", member=locked.number)
    if any(one.closed_at for one in found.values()):
        raise UnableToShare("account_is_closed")
    return locked


def merge_into(*, member: Member, account: Account, actor: str, now: datetime, reason: str) -> None:
    """The account of ``member`` becomes part of ``account``; both are locked. Who has shared theirs moves out of it first."""
    if _others(member).exists():
        take_share(member=member, at=now, actor=actor, now=now, reason=reason)
    given_id, timetable = member.account_id, published_timetable()
    accounts = open_accounts(timetable, {given_id, account.pk}, since=now)
    taker, giver = accounts[account.pk], accounts[given_id]
    try:
        merge(timetable, taker, giver, now, Moving(MERGED, actor, reason))
    except Refused as refused:
        raise UnableToShare(refused.key, **refused.facts) from refused
    book(Context(timetable, now, members=owners(accounts)), accounts)
    Standing.objects.filter(account=given_id).update(due_at=None)
    members.put_on_account(member=member, account=account, because=MERGED, actor=actor, now=now)
    members.end_in(account_id=given_id, into_id=account.pk, at=now)
    for rows in (Act, Award, Voucher, Acceptance):
        rows.objects.filter(account=given_id).update(account=account)


def take_share(*, member: Member, at: datetime, actor: str, now: datetime, reason: str) -> Member:
    """A new account for ``member`` with their share of the one that they leave, which is locked."""
    left_id, timetable = member.account_id, published_timetable()
    own = members.open_own_account(member=member)
    programme = timetable.latest(at)
    if programme is not None:
        share = _share_of(member, programme.share_on_leaving)
        accounts = open_accounts(timetable, {left_id, own.pk}, since=at)
        catch_up(timetable, accounts[left_id], at)
        part(programme, accounts[left_id], accounts[own.pk], at, share, Moving(MOVED_OUT, actor, reason))
        book(Context(timetable, now, members={**owners([left_id]), own.pk: member.pk}), accounts)
        if share.kind == "earned":
            _take_along(member, own, share)
    moved = members.put_on_account(member=member, account=own, because=MOVED_OUT, actor=actor, now=now)
    follow_years(Account.objects.get(pk=left_id), at)
    return moved


def _others(member: Member) -> QuerySet[Member]:
    return Member.objects.active().filter(account=member.account_id).exclude(pk=member.pk)


def _share_of(member: Member, kind: str) -> Share:
    heads = _others(member).count() + 1
    if kind != "earned":
        return Share(kind, heads=heads)
    of_them = {"member": member, "account": member.account_id}
    keys = [
        f"{source}:{number}"
        for rows in (Order.objects, Act.objects)
        for source, number in rows.filter(**of_them).values_list("source", "number")
    ]
    return Share(kind, frozenset(keys), _counted(member), heads)


def _counted(member: Member) -> Mapping[str, int]:
    """What the member's own orders and acts on the account came to, by meter."""
    theirs = Q(order__member=member, order__account=member.account_id)
    theirs |= Q(act__member=member, act__account=member.account_id)
    earned = Entry.objects.filter(theirs, kind__in=[Entry.Kind.EARN, Entry.Kind.REVERSE])
    sums = earned.order_by().values("meter").annotate(total=Sum("amount"))
    return {row["meter"]: row["total"] for row in sums}


def _take_along(member: Member, own: Account, share: Share) -> None:
    """Their orders, acts, and what these gave besides points."""
    left_id = member.account_id
    Award.objects.filter(account=left_id, order__member=member).update(account=own)
    Voucher.objects.filter(account=left_id, order_key__in=share.sources).update(account=own)
    members.take_orders_along(member=member, account=own)
    Act.objects.filter(account=left_id, member=member).update(account=own)


def follow_years(account: Account, at: datetime) -> None:
    """From when the years of an account run, now that somebody has come or gone."""
    timetable = published_timetable()
    people = [person_of(one) for one in Member.objects.active().filter(account=account).in_turn()]
    opened = open_accounts(timetable, [account.pk], since=at)[account.pk]
    began = began_at(timetable.latest(at), opened, people)
    if began != opened.joined_at:
        members.count_from(account_id=account.pk, began_at=began)
