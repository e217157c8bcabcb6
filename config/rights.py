"""What a group of staff may do, in the words of the menu instead of the names of tables."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from config.menu import MENU

VERBS = {"view": _("see"), "add": _("add"), "change": _("change"), "delete": _("delete")}
# Rows that only actions write have no right but to be seen, except where a deed by hand asks for one.
READ_ONLY = {
    "members.order", "members.orderreturn", "members.activity", "members.consent", "loyalty.voucher",
    "loyalty.entry", "loyalty.tierchange", "loyalty.balance", "loyalty.ledgercheck", "loyalty.importjob",
    "loyalty.act", "loyalty.acceptance", "loyalty.fundentry", "loyalty.drawresult", "loyalty.booking",
    "loyalty.shopdelivery", "members.webhookmessage", "loyalty.offlineuse",
    "campaigns.channelstate", "campaigns.message", "auth.group",
}  # fmt: skip
DEEDS = {
    "loyalty.add_entry": _("adjust points"),
    "loyalty.add_tierchange": _("set tiers"),
    "loyalty.add_fundentry": _("grant money"),
    "loyalty.change_voucher": _("cancel checks"),
    "loyalty.change_programmeversion": _("change and publish"),
    "loyalty.change_shopdelivery": _("try again"),
    "members.change_webhookmessage": _("send again"),
    "campaigns.change_message": _("send again"),
    "members.add_order": _("register purchases on the till page"),
    "members.delete_member": _("end memberships"),
    "members.erase_member": _("erase"),
    "segments.export_segment": _("export the members"),
    "members.change_apikey": _("revoke"),
}
TITLES = {label.lower(): title for _group, rows in MENU for label, _icon, title in rows}


def rights() -> dict[str, str]:
    """Every right that can be given, “app.codename”, and its words, in the order of the menu."""
    return dict(_rights())


def _rights() -> Iterator[tuple[str, str]]:
    for label, title in TITLES.items():
        app, model = label.split(".")
        for key, verb in VERBS.items():
            right = f"{app}.{key}_{model}"
            if right in DEEDS or key == "view" or label not in READ_ONLY:
                yield right, f"{title}: {DEEDS.get(right, verb)}"
        for own in (f"{app}.erase_{model}", f"{app}.export_{model}"):
            if own in DEEDS:
                yield own, f"{title}: {DEEDS[own]}"


class RightsField(forms.ModelMultipleChoiceField[Permission]):
    widget = UnfoldAdminCheckboxSelectMultipleWidget

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=assignable(), required=False, label=_("May do"), **kwargs)
        self.iterator = InMenuOrder

    def label_from_instance(self, obj: Any) -> str:
        return rights()[key_of(obj)]


class InMenuOrder(forms.models.ModelChoiceIterator[Permission]):
    def __iter__(self) -> Iterator[tuple[Any, str]]:
        order = list(rights())
        for permission in sorted(self.queryset, key=lambda one: order.index(key_of(one))):
            yield self.choice(permission)


def assignable() -> QuerySet[Permission]:
    wanted = Q(pk__in=[])
    for right in rights():
        app, _dot, codename = right.partition(".")
        wanted |= Q(content_type__app_label=app, codename=codename)
    return Permission.objects.filter(wanted).select_related("content_type")


def key_of(permission: Permission) -> str:
    return f"{permission.content_type.app_label}.{permission.codename}"
