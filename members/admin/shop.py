"""The shop's stores and goods, and the keys with which it speaks to the club."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextInputWidget

from members import actions
from members.admin.base import ClubAdmin, actor_of, column
from members.admin.deeds import deed_page, refused
from members.models import ApiKey, Category, Product, Store

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern


@admin.register(Store)
class StoreAdmin(ClubAdmin):
    list_display = ("code", "name", "region", "country", "is_online")
    search_fields = ("code__istartswith", "name__icontains")
    ordering = ("name",)


class CategoryForm(forms.ModelForm[Category]):
    def clean(self) -> dict[str, Any]:
        facts = super().clean() or self.cleaned_data
        if not self.instance.pk and facts.get("code"):
            parent = facts.get("parent")
            self.instance.path = f"{parent.path}/{facts['code']}" if parent else facts["code"]
        return facts


@admin.register(Category)
class CategoryAdmin(ClubAdmin):
    """Where a category stands is settled when it is made: orders and rules name its path."""

    form = CategoryForm
    list_display = ("path", "name")
    search_fields = ("path__istartswith", "name__icontains")
    autocomplete_fields = ("parent",)
    ordering = ("path",)

    def get_readonly_fields(self, request: "HttpRequest", obj: Any = None) -> tuple[str, ...]:
        return ("code", "parent", "path") if obj else ()


class FlagsField(forms.CharField):
    """A list of words, written with commas between."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        return sorted({word for word in super().clean(value).replace(",", " ").split() if word})

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class ProductForm(forms.ModelForm[Product]):
    flags = FlagsField(
        label=gettext_lazy("Flags"),
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy("Words that rules ask for, with commas between, such as gift_card or sale."),
    )


@admin.register(Product)
class ProductAdmin(ClubAdmin):
    form = ProductForm
    list_display = ("sku", "name", "category", "brand")
    list_select_related = ("category",)
    search_fields = ("sku__startswith",)
    search_help_text = gettext_lazy("The article number, from its beginning")
    autocomplete_fields = ("category",)


class ApiKeyForm(forms.ModelForm[ApiKey]):
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("May do"),
        choices=[*ApiKey.Bundle.choices, *ApiKey.Scope.choices],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=gettext_lazy("The first four are bundles of the others, for those who usually call."),
    )


@admin.register(ApiKey)
class ApiKeyAdmin(ClubAdmin):
    list_display = ("name", "source", "prefix", "store", "last_used_at", "labelled_state")
    list_select_related = ("store",)
    form = ApiKeyForm
    fields = ("name", "source", "scopes", "store", "expires_at")
    change_form_outer_before_template = "admin/members/apikey/tools.html"
    readonly_fields = ("may", "last_used_at")

    def get_fields(self, request: "HttpRequest", obj: ApiKey | None = None) -> tuple[str, ...]:
        return ("name", "source", "may", "store", "expires_at", "last_used_at") if obj else self.fields

    def has_change_permission(self, request: "HttpRequest", obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: "HttpRequest", obj: Any = None) -> bool:
        return False

    def get_urls(self) -> "list[URLPattern]":
        page = self.admin_site.admin_view(self.revoke)
        return [path("<int:pk>/revoke/", page, name="members_apikey_revoke"), *super().get_urls()]

    def save_model(self, request: "HttpRequest", obj: ApiKey, form: Any, change: bool) -> None:
        made, key = actions.create_api_key(**form.cleaned_data, now=timezone.now(), actor=actor_of(request))
        obj.__dict__.update(made.__dict__)
        messages.warning(request, _("Copy the key now, it is never shown again: %(key)s") % {"key": key})

    def revoke(self, request: "HttpRequest", pk: int) -> "HttpResponse":
        """Let the key open nothing from now on."""
        if not request.user.has_perm("members.change_apikey"):
            raise PermissionDenied
        api_key = get_object_or_404(ApiKey, pk=pk)

        def end() -> str:
            actions.revoke_api_key(api_key=api_key, now=timezone.now(), actor=actor_of(request))
            return _("The key %(name)s opens nothing any more.") % {"name": api_key.name}

        return deed_page(
            self,
            request,
            forms.Form(request.POST or None),
            end,
            title=_("Revoke key"),
            about=api_key,
            back=reverse("admin:members_apikey_change", args=[api_key.pk]),
            preview=[(api_key.name, _("works"), _("revoked"))],
            explain=lambda error: refused(error, {}),
        )

    @column(gettext_lazy("May do"))
    def may(self, api_key: ApiKey) -> str:
        return ", ".join(str(ApiKey.Scope(scope).label) for scope in api_key.scopes)

    @column(gettext_lazy("state"), {"works": "success", "ended": "danger"})
    def labelled_state(self, api_key: ApiKey) -> tuple[str, str]:
        return (
            ("works", _("works")) if api_key.is_valid(timezone.now()) else ("ended", _("revoked or expired"))
        )
