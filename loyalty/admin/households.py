"""Who shares an account, and what staff do about it: a duplicate made one with its member, somebody moved out."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextInputWidget

from loyalty import actions
from loyalty.queries.people import sharing
from members.actions import UnableTo
from members.admin.base import actor_of
from members.admin.deeds import Preview, ReasonForm, deed_page, refused
from members.admin.mirror import Panel, Tool, link_to, panels, when
from members.api.sentences import sentence_of
from members.models import Member
from members.queries import members_by

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin
    from django.http import HttpRequest, HttpResponse


class DoubleForm(ReasonForm):
    """The number of the other membership of the same person."""

    number = forms.CharField(
        label=gettext_lazy("Number of the other membership"),
        max_length=10,
        widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy("Its card works on, and leads to this member."),
    )
    field_order = ("number", "reason")

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member = member

    def clean_number(self) -> Member:
        double = members_by(number=self.cleaned_data["number"].strip()).first()
        if double is None:
            raise forms.ValidationError(_("No member has this number."))
        if double.pk == self.member.pk:
            raise forms.ValidationError(_("This is the member's own number."))
        return double

    def preview(self) -> Preview:
        double = self.cleaned_data["number"]
        return [(str(double), double.get_state_display(), _("part of %(member)s") % {"member": self.member})]


@panels.register("sharing")
class SharingPanel(Panel):
    position = 28
    title = gettext_lazy("on this account")
    model = Member
    headers = (gettext_lazy("member"), gettext_lazy("since"), gettext_lazy("may use it"))
    empty = gettext_lazy("Nobody: the account has ended.")

    def rows(self, member: Member, now: datetime) -> Sequence[Sequence[object]]:
        return [
            (
                link_to(one.member, str(one.member)),
                when(one.shares_since or one.member.joined_at),
                _("holder") if one.is_holder else (_("yes") if one.may_spend else _("as the programme says")),
            )
            for one in sharing(member)
        ]

    def tools(self, member: Member, request: "HttpRequest") -> list[Tool]:
        tools = []
        if member.state == Member.State.ACTIVE and request.user.has_perm("members.delete_member"):
            link = reverse("admin:loyalty_entry_merge", args=[member.pk])
            tools.append(Tool(gettext_lazy("Merge a duplicate"), link, "merge"))
        if len(sharing(member)) > 1 and request.user.has_perm("members.change_member"):
            link = reverse("admin:loyalty_entry_move_out", args=[member.pk])
            tools.append(Tool(gettext_lazy("Give an account of their own"), link, "call_split"))
        return tools


def merge_member(admin: "ModelAdmin[Any]", request: "HttpRequest", pk: int) -> "HttpResponse":
    """Make another membership of the same person one with this."""
    member = _member(request, pk, "members.delete_member")
    form = DoubleForm(request.POST or None, member=member)

    def merge() -> str:
        double = form.cleaned_data["number"]
        facts = {"member": str(member), "number": double.number}
        actions.merge_members(
            member=member,
            double=double,
            reason=form.cleaned_data["reason"],
            actor=actor_of(request),
            now=timezone.now(),
        )
        return _("%(member)s has all that membership %(number)s had.") % facts

    return deed_page(
        admin,
        request,
        form,
        merge,
        title=_("Merge a duplicate"),
        warning=_(
            "Orders, points, checks, tiers and ids of the other membership become this member's, and it is closed. "
            "The ledger keeps what each had until now, and who said why. It cannot be undone."
        ),
        about=member,
        back=reverse("admin:members_member_change", args=[member.pk]),
        preview=form.preview() if form.is_valid() else None,
        explain=sentence,
    )


def move_out(admin: "ModelAdmin[Any]", request: "HttpRequest", pk: int) -> "HttpResponse":
    """Give who shares an account one of their own."""
    member = _member(request, pk, "members.change_member")
    form = ReasonForm(request.POST or None)

    def move() -> str:
        actions.move_out(
            member=member,
            reason=form.cleaned_data["reason"],
            actor=actor_of(request),
            now=timezone.now(),
        )
        return _("%(member)s has an account of their own now.") % {"member": member}

    return deed_page(
        admin,
        request,
        form,
        move,
        title=_("Give an account of their own"),
        about=member,
        back=reverse("admin:members_member_change", args=[member.pk]),
        preview=[(str(member), str(member.account), _("an account of their own"))]
        if form.is_valid()
        else None,
        explain=sentence,
    )


def sentence(error: UnableTo) -> str:
    return refused(error, {error.key: sentence_of(error.key, error.facts).replace("%", "%%")})


def _member(request: "HttpRequest", pk: int, permission: str) -> Member:
    if not request.user.has_perm(permission):
        raise PermissionDenied
    return get_object_or_404(Member.objects.select_related("account"), pk=pk)
