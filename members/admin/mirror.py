"""The member's page: what every floor knows about one member, on one screen.

Floors above add to it by registering: a function that tells key figures, a panel with the newest
rows of a list, a sentence for a kind of activity.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.db.models import Model
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html

from members.registry import Registry

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django_stubs_ext import StrOrPromise

    from members.models import Activity, Member

ROWS = 12


@dataclass(frozen=True, slots=True)
class Figure:
    label: "StrOrPromise"
    value: str
    note: str = ""
    position: int = 50


@dataclass(frozen=True, slots=True)
class Tool:
    """A button to a page where something is done by hand."""

    label: "StrOrPromise"
    link: str
    icon: str


class Panel(ABC):
    """The newest rows of one list about a member; ``owner`` is the field that leads to all of them."""

    position: ClassVar[int] = 50
    title: ClassVar[Any]
    model: ClassVar[type[Model]]
    owner: ClassVar[str] = "account"
    headers: ClassVar[tuple[Any, ...]]
    empty: ClassVar[Any]

    @abstractmethod
    def rows(self, member: "Member", now: datetime) -> Sequence[Sequence[object]]:
        """The newest rows, each with as many cells as there are ``headers``."""

    def tools(self, member: "Member", request: "HttpRequest") -> list[Tool]:
        return []


figures: Registry[Callable[["Member", datetime], Sequence[Figure]]] = Registry("key figure")
panels: Registry[type[Panel]] = Registry("panel")
sentences: Registry[Callable[[Mapping[str, Any]], str]] = Registry("activity's sentence")


def mirror(request: "HttpRequest", member: "Member", now: datetime) -> dict[str, Any]:
    """What the template shows, in a number of queries that does not grow with the member."""
    ordered = sorted(panels.values(), key=lambda panel: panel.position)
    known = (figure for tell in figures.values() for figure in tell(member, now))
    return {
        "figures": sorted(known, key=lambda figure: figure.position),
        "panels": [
            _shown(panel(), member, request, now) for panel in ordered if may_see(request, panel.model)
        ],
    }


def may_see(request: "HttpRequest", model: type[Model]) -> bool:
    return bool(admin.site.get_model_admin(model).has_view_or_change_permission(request))


def _shown(panel: Panel, member: "Member", request: "HttpRequest", now: datetime) -> dict[str, Any]:
    rows = panel.rows(member, now)
    meta = panel.model._meta
    every = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
    owner = member.account_id if panel.owner == "account" else member.pk
    return {
        "id": meta.model_name,
        "title": panel.title,
        "headers": panel.headers,
        "rows": rows,
        "empty": panel.empty,
        "all": f"{every}?{panel.owner}__id__exact={owner}" if len(rows) >= ROWS else "",
        "tools": panel.tools(member, request),
    }


def told(activity: "Activity") -> str:
    """What happened, as a sentence."""
    tell = sentences.get(activity.kind)
    return tell(activity.facts) if tell else activity.kind


def when(at: datetime | None) -> str:
    return date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT") if at else "–"


def link_to(row: Model, text: object) -> str:
    meta = row._meta
    address = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])
    return format_html('<a class="text-link" href="{}">{}</a>', address, text)
