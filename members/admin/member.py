"""Members: found by whatever they say at the counter, and shown whole."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesRadioFilter
from unfold.widgets import UnfoldAdminSelectWidget

from members import actions
from members.admin.base import ClubAdmin, ReadOnlyInline, actor_of, column
from members.admin.deeds import ReasonForm, deed_page, refused
from members.admin.filters import since
from members.admin.mirror import mirror
from members.models import Member, MemberIdentity
from members.models.member import is_member_number
from members.queries import as_international

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

STATE_COLOURS = {"active": "success", "closed": "warning", "erased": "danger"}
PARTICULARS = (
    *("first_name", "last_name", "email", "phone", "birth_date", "street", "postal_code", "city"),
    *("language", "home_store"),
)
REFUSALS = {
    "email_is_taken": gettext_lazy("Another member has this e-mail address. Nothing was changed."),
    "member_is_closed": gettext_lazy("The membership has ended, so it can no longer be changed."),
    "nothing_to_know_the_member_by": gettext_lazy("Give an e-mail address or a phone number."),
}


class MemberForm(forms.ModelForm[Member]):
    language = forms.ChoiceField(
        label=gettext_lazy("Language"), choices=settings.LANGUAGES, widget=UnfoldAdminSelectWidget
    )

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or self.cleaned_data
        if not facts.get("email") and not facts.get("phone") and not self.errors and not self.instance.pk:
            raise forms.ValidationError(REFUSALS["nothing_to_know_the_member_by"])
        return facts


class IdentityInline(ReadOnlyInline):
    model = MemberIdentity
    fields = ("source", "external_id")


@admin.register(Member)
class MemberAdmin(ClubAdmin):
    form = MemberForm
    list_display = ("number", "name", "email", "phone", "labelled_state", "joined_at")
    list_filter = (("state", ChoicesRadioFilter), since("joined_at", gettext_lazy("joined")))
    search_help_text = gettext_lazy("Member number, name, e-mail or phone")
    fields = ("number", "state", "joined_at", *PARTICULARS)
    readonly_fields = ("number", "state", "joined_at", "closed_at")
    autocomplete_fields = ("home_store",)
    inlines = (IdentityInline,)

    def get_search_fields(self, request: "HttpRequest") -> tuple[str, ...]:
        return ("search_text",)

    def get_search_results(
        self, request: "HttpRequest", queryset: QuerySet[Member], search_term: str
    ) -> tuple[QuerySet[Member], bool]:
        phone = "" if is_member_number(search_term.strip()) else as_international(search_term)
        return queryset.filter(phone=phone) if phone else queryset & Member.objects.matching(
            search_term
        ), False

    def get_fields(self, request: "HttpRequest", obj: Any = None) -> Any:
        if obj is None:
            return PARTICULARS
        return (*self.fields, "closed_at") if obj.closed_at else self.fields

    def get_inlines(self, request: "HttpRequest", obj: Any = None) -> Any:
        return self.inlines if obj and obj.identities.exists() else ()

    def has_change_permission(self, request: "HttpRequest", obj: Any = None) -> bool:
        is_open = obj is None or obj.state == Member.State.ACTIVE
        return is_open and bool(super().has_change_permission(request, obj))

    def has_delete_permission(self, request: "HttpRequest", obj: Any = None) -> bool:
        return False

    def get_urls(self) -> "list[URLPattern]":
        page = self.admin_site.admin_view(self.end)
        erase = self.admin_site.admin_view(self.erase)
        return [
            path("<int:pk>/end/", page, name="members_member_end"),
            path("<int:pk>/erase/", erase, name="members_member_erase"),
            *super().get_urls(),
        ]

    def changeform_view(
        self, request: "HttpRequest", object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except actions.UnableTo as error:
            messages.error(request, refused(error, REFUSALS))
            return redirect(request.path)

    def render_change_form(
        self, request: "HttpRequest", context: dict[str, Any], add: bool = False, change: bool = False,
        form_url: str = "", obj: Any = None,
    ) -> "HttpResponse":  # fmt: skip
        if obj is not None:
            context |= mirror(request, obj, timezone.now())
        page: HttpResponse = super().render_change_form(request, context, add, change, form_url, obj)
        return page

    def save_model(self, request: "HttpRequest", obj: Member, form: Any, change: bool) -> None:
        told = {name: form.cleaned_data[name] for name in PARTICULARS}
        told["phone"] = str(told["phone"] or "")
        actor, now = actor_of(request), timezone.now()
        if change:
            actions.update_member(member=obj, actor=actor, now=now, **told)
        else:
            joined = actions.join_member(origin="console", actor=actor, now=now, **told)
            obj.__dict__.update(joined.member.__dict__)

    def end(self, request: "HttpRequest", pk: int) -> "HttpResponse":
        """End the membership, with a reason."""
        if not request.user.has_perm("members.delete_member"):
            raise PermissionDenied
        member = get_object_or_404(Member, pk=pk)
        form = ReasonForm(request.POST or None)

        def close() -> str:
            reason = form.cleaned_data["reason"]
            actions.close_member(member=member, reason=reason, actor=actor_of(request), now=timezone.now())
            return _("The membership of %(member)s has ended.") % {"member": member}

        return deed_page(
            self,
            request,
            form,
            close,
            title=_("End membership"),
            about=member,
            back=reverse("admin:members_member_change", args=[member.pk]),
            preview=[(str(member), member.get_state_display(), _("closed"))] if form.is_valid() else None,
            explain=lambda error: refused(error, REFUSALS),
        )

    def erase(self, request: "HttpRequest", pk: int) -> "HttpResponse":
        """End the membership and forget who it was, with a reason."""
        if not request.user.has_perm("members.erase_member"):
            raise PermissionDenied
        member = get_object_or_404(Member, pk=pk)
        form = ReasonForm(request.POST or None)

        def forget() -> str:
            reason = form.cleaned_data["reason"]
            actions.erase_member(member=member, reason=reason, actor=actor_of(request), now=timezone.now())
            return _("Everything personal about member %(number)s is erased.") % {"number": member.number}

        return deed_page(
            self,
            request,
            form,
            forget,
            title=_("Erase member"),
            warning=_(
                "Name, address, phone, birth date, external ids and login are erased, and nobody can bring them "
                "back. Orders and points stay under the number alone. Write no name in the reason."
            ),
            about=member,
            back=reverse("admin:members_member_change", args=[member.pk]),
            preview=[(str(member), member.get_state_display(), _("erased"))] if form.is_valid() else None,
            explain=lambda error: refused(error, REFUSALS),
        )

    @column(gettext_lazy("name"))
    def name(self, member: Member) -> str:
        return member.full_name or "–"

    @column(gettext_lazy("state"), STATE_COLOURS)
    def labelled_state(self, member: Member) -> tuple[str, str]:
        return member.state, member.get_state_display()
