"""Every registered page opens, in every language, in a number of queries that does not grow."""

from datetime import datetime
from typing import Any

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from loyalty.models import (
    Allocation,
    Award,
    Balance,
    Entry,
    LedgerCheck,
    Lot,
    Standing,
    TierChange,
    Voucher,
)
from members.admin.base import CappedPaginator
from members.models import Member
from tests.console import seed
from tests.console.conftest import browser, questions

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)

KEPT = (Allocation, Award, Balance, Entry, LedgerCheck, Lot, Standing, TierChange, Voucher)
OUR_APPS = ("members", "segments", "loyalty", "campaigns")


def name_of(model: type[Model]) -> str:
    return model._meta.label


def address(model: type[Model], page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.mark.parametrize("language", ["sv", "en", "nb"])
def test_every_list_every_object_and_every_empty_form_opens(club: list[Member], language: str) -> None:
    staff = browser(seed.make_staff(is_superuser=True), language)
    broken: dict[str, int] = {}
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


def test_no_list_asks_more_the_more_rows_it_shows(owner: Client, club: list[Member], now: datetime) -> None:
    pages = [address(model, "changelist") for model in MODELS]
    for page in pages:
        owner.get(page)
    before = {page: questions(owner, page) for page in pages}
    seed.build_more(club, now)
    assert {page: questions(owner, page) for page in pages} == before


def test_a_members_page_asks_the_same_however_much_the_member_has_done(
    owner: Client, club: list[Member], now: datetime
) -> None:
    page = address(Member, "change", club[0].pk)
    owner.get(page)
    before = questions(owner, page)
    seed.build_more(club, now)
    assert questions(owner, page) == before <= 30


@pytest.mark.parametrize("model", KEPT, ids=name_of)
def test_nobody_writes_in_the_ledger_whatever_their_rights(
    owner: Client, club: list[Member], model: type[Model]
) -> None:
    request = staff_request(owner)
    page = admin.site.get_model_admin(model)
    row = model._default_manager.first()
    assert not page.has_add_permission(request)
    assert not page.has_change_permission(request, row)
    assert not page.has_delete_permission(request, row)
    if row is not None:
        assert owner.post(address(model, "change", row.pk), {}).status_code == 403
        assert owner.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert owner.get(address(model, "add")).status_code == 403


@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_every_list_is_closed_to_staff_without_rights(db: None, model: type[Model]) -> None:
    assert browser(seed.make_staff()).get(address(model, "changelist")).status_code == 403


def test_no_list_sorts_by_a_click_counts_everything_or_opens_by_date(owner: Client) -> None:
    ours = [admin.site.get_model_admin(model) for model in MODELS if model._meta.app_label in OUR_APPS]
    assert ours
    for page in ours:
        assert issubclass(page.paginator, CappedPaginator), page
        assert not page.show_full_result_count, page
        assert page.date_hierarchy is None, page
        assert page.list_max_show_all == 0, page
        assert page.sortable_by == (), page


def test_a_list_counts_no_further_than_it_lets_anybody_leaf() -> None:
    many = CappedPaginator(list(range(10_000)), 50)
    assert (many.count, many.num_pages, many.is_capped) == (5_000, 100, True)
    few = CappedPaginator(list(range(60)), 50)
    assert (few.count, few.num_pages, few.is_capped) == (60, 2, False)
