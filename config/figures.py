"""The console's page of the whole club in figures: those that ``manage.py club_figures`` tells other programs."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from config.menu import may_see_figures
from config.wording import count, exactly
from members.insights import ClubFigures, club_figures

Row = tuple[str, str, str]


def figures(request: HttpRequest) -> HttpResponse:
    """Counted when the page is asked for, over everything since the club began."""
    if not may_see_figures(request):
        raise PermissionDenied
    context = {
        **admin.site.each_context(request),
        "title": _("The club in figures"),
        "rows": rows_of(club_figures()),
    }
    return TemplateResponse(request, "admin/figures.html", context)


def rows_of(club: ClubFigures) -> list[Row]:
    """What each figure is called, the figure to its last öre, and what it counts."""
    return [
        (_("Members"), count(club.members), _("everybody who has ever joined")),
        (_("Members with orders"), count(club.members_with_orders), _("have bought at least once")),
        (_("Orders"), count(club.orders), _("also those of guests, without the cancelled ones")),
        (_("Sum of the orders"), exactly(club.orders_sum_ore), _("paid, after discounts and checks")),
        (_("Returns"), count(club.returns), _("receipts with goods that came back")),
        (_("Lines of returns"), count(club.return_lines), _("kinds of goods on them")),
        (_("Sum of the returns"), exactly(club.returns_sum_ore), _("paid back")),
        (
            _("Buy again"),
            number_format(club.repeat_rate_percent) + "\xa0%",
            _("of those who have bought have done so twice or more"),
        ),
    ]
