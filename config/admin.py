"""Logins, groups and the timetable, whose own admin pages do not know the console's looks."""

from typing import TYPE_CHECKING, Any

from allauth.account.admin import EmailAddressAdmin as BaseEmailAddressAdmin
from allauth.account.models import EmailAddress
from allauth.mfa.admin import AuthenticatorAdmin as BaseAuthenticatorAdmin
from allauth.mfa.models import Authenticator
from allauth.usersessions.admin import UserSessionAdmin as BaseUserSessionAdmin
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as BaseGroupAdmin
from django.contrib.auth.admin import UserAdmin as BaseUserAdmin
from django.contrib.auth.models import Group
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_celery_beat.admin import ClockedScheduleAdmin as BaseClockedScheduleAdmin
from django_celery_beat.admin import CrontabScheduleAdmin as BaseCrontabScheduleAdmin
from django_celery_beat.admin import PeriodicTaskAdmin as BasePeriodicTaskAdmin
from django_celery_beat.admin import PeriodicTaskForm, TaskSelectWidget
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from config.rights import RightsField
from members.admin.base import ClubAdmin, column
from members.models import User

if TYPE_CHECKING:
    from django.http import HttpRequest

# A click that deletes fifty rows at once is never what a shop needs.
admin.site.disable_action("delete_selected")

for model in (
    Authenticator, ClockedSchedule, CrontabSchedule, EmailAddress, Group, IntervalSchedule, PeriodicTask,
    SolarSchedule, UserSession,
):  # fmt: skip
    admin.site.unregister(model)


def is_owner(request: "HttpRequest") -> bool:
    return request.user.is_active and request.user.is_superuser


class NewLoginForm(UserCreationForm):
    class Meta:
        model = User
        fields = ("email",)


class LoginForm(UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"


@admin.register(User)
class UserAdmin(BaseUserAdmin, ClubAdmin):  # type: ignore[misc,type-arg]
    form = LoginForm
    add_form = NewLoginForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("email", "is_staff", "is_superuser", "is_active", "last_login")
    list_filter = ("is_staff", "is_active", "groups")
    search_fields = ("email__istartswith",)
    ordering = ("-pk",)  # type: ignore[misc]
    readonly_fields = ("last_login", "joined_at")
    # Rights come with a group, so that two people at the same desk may do the same.
    filter_horizontal = ()
    autocomplete_fields = ("groups",)
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        (_("May do"), {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        (_("Dates"), {"fields": ("last_login", "joined_at")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "usable_password", "password1", "password2")}),)

    # Who may look after logins must not thereby get every right: their own, or an owner's by a new password.
    def get_readonly_fields(self, request: "HttpRequest", obj: Any = None) -> Any:
        return (
            self.readonly_fields if is_owner(request) else (*self.readonly_fields, "is_superuser", "groups")
        )

    def has_change_permission(self, request: "HttpRequest", obj: User | None = None) -> bool:
        may = is_owner(request) or obj is None or not obj.is_superuser
        return may and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: "HttpRequest", obj: User | None = None) -> bool:
        may = is_owner(request) or obj is None or not obj.is_superuser
        return may and super().has_delete_permission(request, obj)


class GroupForm(forms.ModelForm[Group]):
    permissions = RightsField()


@admin.register(Group)
class GroupAdmin(BaseGroupAdmin, ModelAdmin):
    """What a group may do, its members may: only who may do everything decides on it."""

    form = GroupForm
    filter_horizontal = ()

    def has_add_permission(self, request: "HttpRequest") -> bool:
        return is_owner(request)

    def has_change_permission(self, request: "HttpRequest", obj: Group | None = None) -> bool:
        return is_owner(request)

    def has_delete_permission(self, request: "HttpRequest", obj: Group | None = None) -> bool:
        return is_owner(request)


@admin.register(EmailAddress)
class EmailAddressAdmin(BaseEmailAddressAdmin, ClubAdmin):
    search_fields = ("email__istartswith",)
    actions = ("make_verified",)

    def get_search_fields(self, request: "HttpRequest") -> tuple[str, ...]:
        return self.search_fields


@admin.register(Authenticator)
class AuthenticatorAdmin(BaseAuthenticatorAdmin, ClubAdmin):
    """A lost telephone: delete its row, and the login asks for a new second factor. Its secret is never shown."""

    fields = readonly_fields = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type",)
    list_select_related = ("user",)

    def has_add_permission(self, request: "HttpRequest") -> bool:
        return False


@admin.register(UserSession)
class UserSessionAdmin(BaseUserSessionAdmin, ClubAdmin):
    search_fields = ("user__email__istartswith", "=ip")
    fields = readonly_fields = ("user", "created_at", "last_seen_at", "ip", "user_agent")
    list_select_related = ("user",)

    def has_add_permission(self, request: "HttpRequest") -> bool:
        return False


def told(crontab: CrontabSchedule) -> str:
    """When a crontab runs, in words where it is as simple as ours are."""
    is_simple = (crontab.day_of_month, crontab.month_of_year, crontab.day_of_week) == ("*", "*", "*")
    if not is_simple or not crontab.minute.isdecimal():
        return str(crontab)
    if crontab.hour == "*":
        return gettext("every hour, %(minute)s past") % {"minute": crontab.minute.zfill(2)}
    if crontab.hour.isdecimal():
        time = f"{int(crontab.hour):02}:{int(crontab.minute):02}"
        return gettext("every day at %(time)s") % {"time": time}
    return str(crontab)


class TaskWidget(UnfoldAdminSelectWidget, TaskSelectWidget):
    pass


class TaskForm(PeriodicTaskForm):
    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["task"].widget = UnfoldAdminTextInputWidget()
        self.fields["regtask"].widget = TaskWidget()


@admin.register(PeriodicTask)
class PeriodicTaskAdmin(BasePeriodicTaskAdmin, ModelAdmin):
    form = TaskForm
    list_display = ("what", "when", "enabled", "last_run_at")
    list_display_links = ("what",)
    # Without the library's sentence about the schedule, which it only makes in English.
    readonly_fields = ("last_run_at",)
    fieldsets = tuple(
        (title, {**shelf, "fields": [name for name in shelf["fields"] if name != "crontab_translation"]})
        for title, shelf in BasePeriodicTaskAdmin.fieldsets
    )

    @column(_("What"))
    def what(self, task: PeriodicTask) -> str:
        return gettext(task.name)

    @column(_("When"))
    def when(self, task: PeriodicTask) -> str:
        return told(task.crontab) if task.crontab else str(task.scheduler)


@admin.register(IntervalSchedule)
class IntervalScheduleAdmin(ModelAdmin):
    list_display = ("__str__", "every", "period")


@admin.register(CrontabSchedule)
class CrontabScheduleAdmin(BaseCrontabScheduleAdmin, ModelAdmin):
    """Without the library's sentence about the schedule, which it only makes in English."""

    fields = list_display = ("minute", "hour", "day_of_month", "month_of_year", "day_of_week", "timezone")
    readonly_fields = ()


@admin.register(SolarSchedule)
class SolarScheduleAdmin(ModelAdmin):
    pass


@admin.register(ClockedSchedule)
class ClockedScheduleAdmin(BaseClockedScheduleAdmin, ModelAdmin):
    pass
