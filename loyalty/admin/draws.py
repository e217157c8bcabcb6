"""What was drawn, as staff read it, with the proof: drawing again from the stored list gives the same winners."""

from typing import Any

from django.contrib import admin
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from loyalty import queries
from loyalty.admin.ledger import members_of
from loyalty.models import DrawResult
from loyalty.queries.draws import is_as_drawn, tickets_of
from members.admin.base import ReadOnlyAdmin, column
from members.models import Account

SHOWN = 500


@admin.register(DrawResult)
class DrawResultAdmin(ReadOnlyAdmin):
    list_display = ("drawn_at", "named", "first_date", "last_date", "tickets", "winning")
    list_display_links = ("drawn_at",)
    list_filter = ("draw",)
    readonly_fields = ("named", "tickets", "winners_named", "proof", "listed")
    fields = (
        "named", "first_date", "last_date", "drawn_at", "tickets", "winners_named", "seed", "proof", "listed",
    )  # fmt: skip

    @column(_("draw"))
    def named(self, result: DrawResult) -> str:
        return queries.name_of("draws", result.draw)

    @column(_("tickets"))
    def tickets(self, result: DrawResult) -> int:
        return sum(result.entries.values())

    @column(_("winners"))
    def winning(self, result: DrawResult) -> int:
        return len(result.winners)

    @column(_("winners"))
    def winners_named(self, result: DrawResult) -> str:
        wanted = {int(one["account"]) for one in result.winners}
        accounts = Account.objects.filter(pk__in=wanted).prefetch_related("members").in_bulk()
        return (
            format_html_join(
                "",
                "<p>{}. {}</p>",
                (
                    (place, members_of(accounts[int(one["account"])]))
                    for place, one in enumerate(result.winners, 1)
                    if int(one["account"]) in accounts
                ),
            )
            or "–"
        )

    @column(_("check the draw"), {"same": "success", "other": "danger", "gone": "info"})
    def proof(self, result: DrawResult) -> tuple[str, Any]:
        is_same = is_as_drawn(result)
        if is_same is None:
            return "gone", _("The programme of that day no longer tells the prizes.")
        if is_same:
            return "same", _("Drawn again from the list and the seed: the same winners.")
        return "other", _(
            "Drawn again from the list and the seed: other winners. Somebody has changed a row."
        )

    @column(_("the list that was drawn from"))
    def listed(self, result: DrawResult) -> str:
        """The first of the list; all of it is in the row."""
        rows = tickets_of(result)[:SHOWN]
        return (
            format_html_join("", "<div>{}: {}–{}</div>", ((one.who, one.first, one.last) for one in rows))
            or "–"
        )
