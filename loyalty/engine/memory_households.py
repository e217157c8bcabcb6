"""Who shares which account in a club in memory: joining, coming back, moving in and out, leaving, and one person twice."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import fields, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from loyalty.engine import conversions, due, leaving, transfers
from loyalty.engine.account import Account
from loyalty.engine.errors import Refused
from loyalty.engine.happening import Person
from loyalty.engine.households import began_at, check_home, check_member, check_room
from loyalty.engine.records import Refs, Row
from loyalty.engine.scenario import person_of
from loyalty.engine.transfers import MERGED, MOVED_OUT, Moving, Share

if TYPE_CHECKING:
    from loyalty.engine.memory import MemoryClub

_ROWS = 10**9


@contextmanager
def whole_or_not(club: "MemoryClub") -> Iterator[None]:
    """What a refused move has begun is undone, on every account that it touched."""
    names = [one.name for one in fields(club) if one.name != "timetable"]
    before = deepcopy({name: getattr(club, name) for name in names})
    try:
        yield
    except Refused:
        for name, value in before.items():
            setattr(club, name, value)
        raise


def begin(club: "MemoryClub", member: str, at: datetime, known: Mapping[str, Any]) -> None:
    """Somebody joins, on an account that is named or on one of their own. Raises ``Refused``."""
    programme, before = club.timetable.latest(at), club.people.get(member)
    person = replace(before, left_at=None) if before else person_of(member, at, known)
    others = [one for name, one in club.people.items() if name != member and one.left_at is None]
    check_member(programme, person, at, is_known=any(_is_same(one, person) for one in others))
    account = _own_name(club, member) if before else known.get("account", member)
    sharing = club.sharing.get(account, [])
    if sharing:
        check_room(programme, len(sharing))
        check_home(programme, club.people[sharing[0]], person)
    if account in club.accounts and club.accounts[account].closed_at:
        account = _own_name(club, account)
    club.people[member] = person
    club.account_of[member] = account
    club.sharing.setdefault(account, []).append(member)
    if "leads" in known:
        club.leaders[known["leads"]] = member
    if account not in club.accounts:
        _open(club, account, at, at, person)
    club.rows.append(Row(at, member, "joined", {}))


def _open(
    club: "MemoryClub", name: str, joined_at: datetime, computed_to: datetime, person: Person
) -> Account:
    """A new account of that name, its rows numbered as no other's are."""
    numbers = Refs(len(club.accounts) * _ROWS)
    club.accounts[name] = Account(
        joined_at=joined_at, computed_to=computed_to, new_ref=numbers, person=person, shelf=club.shelf
    )
    return club.accounts[name]


def _is_same(one: Person, other: Person) -> bool:
    told = (one.name.casefold(), one.birth_date)
    return all(told) and told == (other.name.casefold(), other.birth_date)


def _own_name(club: "MemoryClub", member: str) -> str:
    return f"{member}-{len(club.accounts)}"


def come_back(club: "MemoryClub", member: str, at: datetime) -> bool:
    """Whether somebody known is on an open account, which may have waited for them."""
    if member not in club.people:
        return False
    member = club.same.get(member, member)
    name = club.account_of[member]
    account = club.accounts[name]
    due.catch_up(club.timetable, account, at)
    if member not in club.sharing[name]:  # they left it to the others
        return False
    if account.closed_at and not leaving.come_back(account, club.waiting.pop(name, leaving.Waiting()), at):
        return False
    club.people[member] = replace(club.people[member], left_at=None)
    conversions.convert_at_once(club.programme(at), account, at)
    club.write(member)
    return True


def leave(club: "MemoryClub", member: str, at: datetime) -> None:
    """The membership ends, and the account with it when nobody else is on it; else the share goes as the rules say."""
    member = club.same.get(member, member)
    name = club.account_of[member]
    if member not in club.sharing[name]:
        return
    due.catch_up(club.timetable, club.accounts[name], at)
    programme = club.programme(at)
    if len(club.sharing[name]) > 1:
        club.people[member] = replace(club.people[member], left_at=at)
        if programme.share_on_leaving == "stays":
            _go(club, member, name, at)
            club.write(member)
            return
        name = _part(club, member, at)
    club.waiting[name] = leaving.leave(programme, club.accounts[name], at)
    club.write(member)


def _checked(club: "MemoryClub", member: str, *others: str) -> str:
    """The account that ``member`` is on. Raises ``Refused`` where they have left, or one of these accounts has ended."""
    name = club.account_of[member]
    if member not in club.sharing[name] or club.accounts[name].closed_at:
        raise Refused("member_is_closed", member=member)
    if any(club.accounts[one].closed_at for one in others):
        raise Refused("account_is_closed")
    return name


def move_out(club: "MemoryClub", member: str, at: datetime) -> None:
    """An account of their own for who has shared one, with the share that the rules let go along."""
    name = _checked(club, member)
    if len(club.sharing[name]) < 2:
        raise Refused("shares_with_nobody")
    due.catch_up(club.timetable, club.accounts[name], at)
    _part(club, member, at)


def _part(club: "MemoryClub", member: str, at: datetime) -> str:
    before, person = club.account_of[member], club.people[member]
    programme, giver = club.programme(at), club.accounts[before]
    share = _share_of(club, member, programme.share_on_leaving)
    name = _own_name(club, member)
    taker = _open(club, name, person.joined_at or at, at, person)
    _go(club, member, before, at)
    club.account_of[member], club.sharing[name] = name, [member]
    transfers.part(programme, giver, taker, at, share, Moving(MOVED_OUT, member, ""))
    for key in share.sources:
        club.orders[key].account = name
    club.write_account(before)
    club.write(member)
    return name


def _share_of(club: "MemoryClub", member: str, kind: str) -> Share:
    account = club.account_of[member]
    heads = len(club.sharing[account])
    if kind != "earned":
        return Share(kind, heads=heads)
    own = {key for key, sold in club.orders.items() if (sold.member, sold.account) == (member, account)}
    counted = {
        name: sum(one.amount for one in past if one.source in own)
        for name, past in club.accounts[account].history.items()
        if name in club.accounts[account].balances
    }
    return Share(kind, own, counted, heads)


def _go(club: "MemoryClub", member: str, name: str, at: datetime) -> None:
    """``member`` is no longer on the account: the next in turn holds it."""
    club.sharing[name].remove(member)
    _settle(club, name, at)


def _settle(club: "MemoryClub", name: str, at: datetime) -> None:
    account, people = club.accounts[name], [club.people[one] for one in club.sharing[name]]
    account.person = people[0]
    account.joined_at = began_at(club.timetable.latest(at), account, people)


def move_in(club: "MemoryClub", member: str, to: str, at: datetime) -> None:
    """``member``, with all they have, comes onto the account of ``to``. Raises ``Refused``."""
    home = club.account_of[to]
    if _checked(club, member, home) == home:
        raise Refused("shares_it_already")
    programme = club.timetable.latest(at)
    check_room(programme, len(club.sharing[home]))
    check_home(programme, club.people[club.sharing[home][0]], club.people[member])
    _merge(club, member, home, at)
    club.sharing[home].append(member)
    _settle(club, home, at)


def merge(club: "MemoryClub", member: str, double: str, at: datetime) -> None:
    """``double`` was the same person all along: what they have and did is ``member``'s. Raises ``Refused``."""
    if member == double:
        raise Refused("is_the_same_member")
    home = _checked(club, member, club.account_of[double])
    _checked(club, double, home)
    if club.account_of[double] == home:
        club.sharing[home].remove(double)
        club.account_of[double] = home
    else:
        _merge(club, double, home, at)
    _settle(club, home, at)
    club.people[double], club.same[double] = club.people[member], member
    for sold in club.orders.values():
        if sold.member == double:
            sold.member = member


def _merge(club: "MemoryClub", member: str, home: str, at: datetime) -> None:
    name = club.account_of[member]
    if len(club.sharing[name]) > 1:
        move_out(club, member, at)
        name = club.account_of[member]
    by = Moving(MERGED, member, "")
    transfers.merge(club.timetable, club.accounts[home], club.accounts[name], at, by)
    club.sharing[name], club.account_of[member] = [], home
    for won in club.wins.values():
        won[:] = [replace(win, who=home) if win.who == name else win for win in won]
    for sold in club.orders.values():
        if sold.account == name:
            sold.account = home
    club.write_account(name)
    club.write_account(home, member)
