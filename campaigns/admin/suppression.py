"""The addresses that get nothing. Nobody can read them here; whoever knows one can look it up."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesRadioFilter

from campaigns import actions
from campaigns.forms import SuppressionForm
from campaigns.models import Suppression
from campaigns.queries import address_digests
from members.admin.base import ClubAdmin, actor_of, column

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


@admin.register(Suppression)
class SuppressionAdmin(ClubAdmin):
    form = SuppressionForm
    list_display = ("mark", "reason", "suppressed_at", "actor", "note")
    list_filter = (("reason", ChoicesRadioFilter),)
    search_help_text = _("The whole e-mail address")
    fields = ("mark", "reason", "suppressed_at", "actor", "note")
    add_fieldsets = ((None, {"fields": ("address", "note")}),)

    def get_fieldsets(self, request: "HttpRequest", obj: Suppression | None = None) -> Any:
        return super().get_fieldsets(request, obj) if obj else self.add_fieldsets

    def get_search_fields(self, request: "HttpRequest") -> tuple[str, ...]:
        return ("digest",)

    def get_search_results(
        self, request: "HttpRequest", queryset: "QuerySet[Suppression]", search_term: str
    ) -> "tuple[QuerySet[Suppression], bool]":
        if search_term.strip():
            queryset = queryset.filter(digest__in=address_digests(search_term))
        return queryset, False

    def has_change_permission(self, request: "HttpRequest", obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: "HttpRequest", obj: Suppression | None = None) -> bool:
        is_for_good = obj is not None and obj.reason == Suppression.Reason.COMPLAINT
        return not is_for_good and super().has_delete_permission(request, obj)

    def save_model(
        self, request: "HttpRequest", obj: Suppression, form: SuppressionForm, change: bool
    ) -> None:
        made = actions.suppress_address(
            address=form.cleaned_data["address"],
            reason=Suppression.Reason.BY_STAFF,
            note=form.cleaned_data["note"],
            actor=actor_of(request),
            now=timezone.now(),
        )
        obj.__dict__.update(made.__dict__)

    def delete_model(self, request: "HttpRequest", obj: Suppression) -> None:
        actions.lift_suppression(suppression=obj)

    @column(_("digest of the address"))
    def mark(self, suppression: Suppression) -> str:
        return str(suppression)
