"""Scope: who, what, where and when something applies to. Empty means all."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self
from zoneinfo import ZoneInfo

from loyalty.engine.calendar import day_end, day_start
from loyalty.engine.happening import Line, Order


@dataclass(frozen=True, slots=True)
class Goods:
    """Which lines: any of these products, categories (with all below them), brands or flags."""

    products: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    brands: frozenset[str] = frozenset()
    flags: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> Self:
        return cls(
            frozenset(document.get("products", ())),
            frozenset(document.get("categories", ())),
            frozenset(document.get("brands", ())),
            frozenset(document.get("flags", ())),
        )

    def __bool__(self) -> bool:
        return bool(self.products or self.categories or self.brands or self.flags)

    def matches(self, line: Line) -> str | None:
        """What of ``line`` is named here, or ``None``."""
        if line.sku in self.products:
            return line.sku
        if self.flags and (named := self.flags & line.flags):
            return min(named)
        if self.categories and (named := self.categories.intersection(line.categories)):
            return min(named)
        return line.brand if line.brand in self.brands else None


@dataclass(frozen=True, slots=True)
class Places:
    stores: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> Self:
        return cls(frozenset(document.get("stores", ())), frozenset(document.get("channels", ())))


@dataclass(frozen=True, slots=True)
class Scope:
    include: Goods = Goods()
    exclude: Goods = Goods()
    included_places: Places = Places()
    excluded_places: Places = Places()
    from_date: date | None = None
    to_date: date | None = None

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> Self:
        include, exclude = document.get("include", {}), document.get("exclude", {})
        return cls(
            Goods.parse(include),
            Goods.parse(exclude),
            Places.parse(include),
            Places.parse(exclude),
            _day(document.get("from_date")),
            _day(document.get("to_date")),
        )

    def refuses_order(self, order: Order, zone: ZoneInfo) -> tuple[str, str] | None:
        """Why no line of ``order`` can count, as (key, what), or ``None``."""
        stores, channels = self.included_places.stores, self.included_places.channels
        if (stores and order.store not in stores) or order.store in self.excluded_places.stores:
            return "store_not_included", order.store
        if (channels and order.channel not in channels) or order.channel in self.excluded_places.channels:
            return "channel_not_included", order.channel
        if self.from_date and order.at < day_start(self.from_date, zone):
            return "before_the_dates", self.from_date.isoformat()
        if self.to_date and order.at >= day_end(self.to_date, zone):
            return "after_the_dates", self.to_date.isoformat()
        return None

    def refuses_line(self, line: Line) -> str | None:
        """What keeps ``line`` out, or ``None`` when it counts."""
        if self.exclude and (named := self.exclude.matches(line)) is not None:
            return named
        if self.include and self.include.matches(line) is None:
            return line.sku or line.ref
        return None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
