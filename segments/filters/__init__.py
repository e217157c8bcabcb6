"""What a segment can ask about: one class, one file each, which registers itself.

A *field* is one value of a member; a *fact* is a kind of row of which a member may have many. The apps above
register theirs the same way. A filter describes itself in full, so that a form can be drawn from the registry.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.db.models import F, Q, QuerySet
from django.db.models.expressions import Combinable
from django.utils.functional import Promise
from django.utils.translation import gettext_noop as later

from members.models import Member
from members.registry import Registry
from segments.engine.clock import local_day
from segments.engine.shapes import FactShape, Shape
from segments.engine.tree import Test
from segments.engine.turning import turns_on

Choices = Sequence[tuple[str, Any]]


@dataclass(frozen=True, slots=True)
class Moment:
    """The one ``now`` of a run, in the club's time zone. ``only`` narrows the run to these members.

    Of whoever is not ``among`` those of a condition, it does not matter what is found: another leaves them out. So it
    is of who refuses to be analysed where ``refusers_are_out``. Totals tell of all but those ``beyond_totals``, and of
    nobody where that is not set.
    """

    now: datetime
    zone: ZoneInfo
    only: Collection[int] | None = None
    among: Q | None = None
    refusers_are_out: bool = False
    beyond_totals: Collection[int] | None = None

    @property
    def today(self) -> date:
        return local_day(self.now, self.zone)


@dataclass(frozen=True, slots=True)
class Search:
    """Finds some of what a value can be by what somebody types, and tells the ``names`` of keys that were chosen."""

    find: Callable[[str], Choices]
    names: Callable[[Collection[str]], Mapping[str, str]] = lambda keys: {}

    def __call__(self, text: str) -> Choices:
        return self.find(text)


class Value:
    """What can be asked of one value: its ``kind`` (see ``engine.shapes``), label and unit.

    ``scale`` is how many smallest parts the unit has, as the database holds them: 1000 where a quantity is stored in
    thousandths. Money is asked for in öre, as it is stored. ``search`` is there where it can be too much to choose from.
    """

    kind: str
    label: Promise | str
    unit: Promise | str = ""
    scale: int = 1
    is_positive: bool = True
    can_be_missing: bool = False
    search: "Search | None" = None

    def choices(self) -> Choices:
        """All that it can be, as (key, label); nothing where everything goes."""
        return ()

    def needs(self) -> "Mapping[str, Value]":
        """The parameters that must be told."""
        return {}

    def takes(self) -> "Mapping[str, Value]":
        """The parameters that may be told."""
        return {}

    def shape(self) -> Shape:
        return Shape(
            self.kind,
            self.scale,
            tuple(key for key, _label in self.choices()),
            is_positive=self.is_positive,
            can_be_missing=self.can_be_missing,
            needs={name: one.shape() for name, one in self.needs().items()},
            takes={name: one.shape() for name, one in self.takes().items()},
        )


class FieldFilter(Value, ABC):
    """One value of a member. Where it is missing, no comparison holds.

    ``is_plain`` where columns of the member decide: such conditions are put together without a join. Of
    ``is_behaviour`` see ``FactFilter``; what ``is_relative`` compares members with each other. ``clause`` is
    what a sentence says of it after “members”, and ``denied`` what it says of a yes or no that is no.
    """

    key: ClassVar[str]
    clause: ClassVar[str] = later("whose %(name)s is %(value)s")
    denied: ClassVar[str] = ""
    is_plain: ClassVar[bool] = True
    is_behaviour: ClassVar[bool] = False
    is_relative: ClassVar[bool] = False
    can_be_missing = True
    help: ClassVar[Promise | str] = ""

    @abstractmethod
    def condition(self, test: Test, told: Mapping[str, Any], moment: Moment) -> Q:
        """Who passes the test."""

    def value(self, member: Member, told: Mapping[str, Any], moment: Moment) -> Any:
        """What it is for one member; nothing where it is missing."""
        return getattr(member, self.key)

    def turns_on(self, test: Test, member: Member, moment: Moment) -> date | None:
        """The day on which the test turns as time goes by, where that can be told."""
        at = self.value(member, {}, moment) if test.window else None
        return turns_on(at, test.window, moment.now, moment.zone) if test.window and at else None


@dataclass(frozen=True)
class Detail(Value):
    """A value of a fact: ``source`` is the column or the expression that holds it."""

    kind: str
    label: Promise | str
    source: str | Combinable
    unit: Promise | str = ""
    scale: int = 1
    known: Choices = ()
    is_positive: bool = True
    search: "Search | None" = None

    def choices(self) -> Choices:
        return self.known

    @property
    def expression(self) -> Any:
        return F(self.source) if isinstance(self.source, str) else self.source


class FactFilter(ABC):
    """A kind of fact. ``owner`` leads from it to the member or the account, ``at`` to when it happened.

    Behaviour, such as purchases and clicks, is unknown of whoever has said no to having it analysed.
    """

    key: ClassVar[str]
    label: ClassVar[Promise]
    help: ClassVar[Promise | str] = ""
    owner: ClassVar[str]
    is_of_account: ClassVar[bool] = False
    is_ahead: ClassVar[bool] = False
    is_behaviour: ClassVar[bool] = False
    at: ClassVar[str]
    each: ClassVar[str] = ""
    is_common: ClassVar[bool] = False

    @abstractmethod
    def rows(self, moment: Moment) -> QuerySet[Any]:
        """All facts of this kind that count, as of ``moment``."""

    def known(self, moment: Moment) -> Q:
        """The members of whom such facts can be known; that others have none tells nothing of them."""
        return Q()

    def measures(self) -> Mapping[str, Detail]:
        """What can be summed, averaged and counted apart."""
        return {}

    def where(self) -> Mapping[str, Detail]:
        """What the facts can be narrowed by."""
        return {}

    def same(self) -> Mapping[str, Detail]:
        """What two facts can have in common; a blank is in common with nothing."""
        return {}

    def shape(self) -> FactShape:
        return FactShape(
            "account" if self.is_of_account else "member",
            {name: one.shape() for name, one in self.measures().items()},
            {name: one.shape() for name, one in self.where().items()},
            frozenset(self.same()),
            self.is_ahead,
            self.each,
        )


class Start(ABC):
    """A moment of each member's own, from which facts can be counted: “since they joined”.

    Where it ``is_of_account``, all members of an account have the same.
    """

    key: ClassVar[str]
    is_of_account: ClassVar[bool] = False

    @abstractmethod
    def known(self) -> Choices:
        """The names by which a definition calls it, with what a sentence says after “since”."""

    @abstractmethod
    def of(self, owner: str, name: str, moment: Moment) -> Combinable:
        """When it was for the owner to whom ``owner`` leads from a fact; nothing for whom it never was."""


fields: Registry[type[FieldFilter]] = Registry("field of segments")
facts: Registry[type[FactFilter]] = Registry("fact of segments")
starts: Registry[type[Start]] = Registry("start of windows")


def start_called(name: str) -> Start:
    """The start of a name that a definition may use: its key, or its key, a dot and which of several it is."""
    return starts[name.partition(".")[0]]()


def known_starts() -> Mapping[str, Promise | str]:
    """All names there are, with their words."""
    return {name: label for start in starts.values() for name, label in start().known()}
