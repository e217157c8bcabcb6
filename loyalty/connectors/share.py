"""Parts of one file that several processes take in at once."""

from dataclasses import dataclass
from typing import Self
from zlib import crc32

from loyalty.actions.imports import Slip
from members.actions import NewReturn


@dataclass(frozen=True, slots=True)
class Share:
    """Part ``number`` (from 1) of ``of``: everything of a member, or of a guest's order, is in the same part."""

    number: int = 1
    of: int = 1

    @classmethod
    def all_of(cls, parts: int) -> list[Self]:
        return [cls(number, parts) for number in range(1, parts + 1)]

    def holds(self, slip: Slip) -> bool:
        return crc32(_whose(slip).encode()) % self.of == self.number - 1


def _whose(slip: Slip) -> str:
    if slip.member_id or slip.new is None:
        return slip.member_id or str(slip.last_line)
    if isinstance(slip.new, NewReturn) and slip.new.order_number:
        return slip.new.order_number
    return slip.new.number
