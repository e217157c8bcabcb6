"""A deed by staff: a form, then what it would do, then, once exactly that is confirmed, one action."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextInputWidget

from members.actions import UnableTo

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin
    from django.http import HttpRequest, HttpResponse

# What changes: its name, before, after.
Preview = list[tuple[str, str, str]]


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy("Kept for good, and shown to whoever asks why."),
    )


def refused(error: UnableTo, sentences: Mapping[str, Any], facts: Mapping[str, object] | None = None) -> str:
    """Why an action said no, and what to do instead."""
    known = sentences.get(error.key)
    if known:
        return str(known) % {**error.facts, **(facts or {})}
    return _("That could not be done (%(key)s). Nothing was changed.") % {"key": error.key}


def deed_page(
    admin: "ModelAdmin[Any]",
    request: "HttpRequest",
    form: forms.Form,
    do: Callable[[], str],
    *,
    back: str,
    preview: Preview | None,
    explain: Callable[[UnableTo], str],
    onward: Callable[[], str] | None = None,
    **said: object,
) -> "HttpResponse":
    """``do`` calls the action and returns the message; ``said`` holds title, about and missing.

    Afterwards staff are where ``onward`` leads, else ``back`` where they came from.
    """
    token = "|".join(part for row in preview or () for part in row)
    if preview and request.POST.get("confirm") == token:
        try:
            messages.success(request, do())
        except UnableTo as error:
            form.add_error(None, explain(error))
            preview = None
        else:
            return redirect(onward() if onward else back)
    facts = {"form": form, "back": back, "preview": preview, "token": token, "opts": admin.opts, **said}
    page = admin.admin_site.each_context(request) | facts
    return render(request, "admin/deed.html", page, status=422 if form.errors else 200)
