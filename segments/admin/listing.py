"""The list of segments with what its rows tell, fetched for all of them at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from members.admin.base import ClubChangeList
from segments import insights, queries
from segments.models import Snapshot
from segments.queries import Dependant

if TYPE_CHECKING:
    from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Told:
    runs: Sequence[Snapshot]
    users: Sequence[Dependant]


class SegmentChangeList(ClubChangeList):
    result_list: Any

    def get_results(self, request: "HttpRequest") -> None:
        super().get_results(request)
        segments = list(self.result_list)
        runs = insights.runs_of([one.pk for one in segments], now=timezone.now())
        users = queries.dependants_of_segments()
        for one in segments:
            one.told = Told(runs.get(one.pk, ()), users.get(one.key, ()))
        self.result_list = segments
