"""The ways out of the house: one class, one file or folder each, which registers itself.

A channel opens a session that hands over one letter at a time, and tells apart the ways in which that can fail:
what certainly did not go out, and what nobody knows.
"""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import ClassVar, Protocol

from django.utils.functional import Promise

from campaigns.queries.letters import Letter
from members.registry import Registry


class HandOverError(Exception):
    """A letter was not accepted. The text is the other side's answer."""


class ChannelIsDown(HandOverError):
    """No letter can be handed over now: no connection, wrong password, sender blocked. Nothing went out."""


class PutOff(HandOverError):
    """Not now, says the other side, or it was lost before the letter's text was under way."""


class Refused(HandOverError):
    """Never. `is_address` says that the address is at fault and must not be tried again."""

    def __init__(self, answer: str, *, is_address: bool) -> None:
        super().__init__(answer)
        self.is_address = is_address


class NotKnown(HandOverError):
    """The text was under way and no answer came: it may have been accepted."""


@dataclass(frozen=True)
class Receipt:
    provider_id: str = ""


class Session(Protocol):
    def hand_over(self, letter: Letter) -> Receipt:
        """Return the receipt, or raise one of the four errors above and none other."""
        ...


class Channel(Protocol):
    key: ClassVar[str]
    label: ClassVar[Promise]

    def open(self) -> AbstractContextManager[Session]:
        """Connect, or raise `ChannelIsDown`."""
        ...


channels: Registry[type[Channel]] = Registry("channel")
