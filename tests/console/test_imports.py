"""Imports are seen in the console, line by line, by whoever may see them."""

from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from loyalty.models import ImportJob
from members.models import Member, Order, OrderReturn
from tests.console import seed
from tests.console.conftest import browser


def test_an_import_says_how_far_it_came_and_what_it_left(owner: Client, club: list[Member]) -> None:
    [job] = owner.get(reverse("admin:loyalty_importjob_changelist")).context["cl"].result_list
    assert (job.file_name, job.state, job.line) == ("kassan 2024.csv", "finished", 3)
    assert (job.returns, job.rejected, job.parked) == (1, 2, 1)
    page = owner.get(reverse("admin:loyalty_importjob_change", args=[job.pk])).content.decode()
    assert "tre in antal is not a number." in page
    assert "The return names no member, so its order cannot be found." in page
    assert reverse("admin:members_order_change", args=[Order.objects.get(number="today").pk]) in page
    assert reverse("admin:members_orderreturn_change", args=[OrderReturn.objects.get(number="R3").pk]) in page


def test_the_lines_of_an_import_are_listed_with_their_reasons(owner: Client, club: list[Member]) -> None:
    job = ImportJob.objects.get()
    every = reverse("admin:loyalty_importnote_changelist") + f"?job__id__exact={job.pk}"
    assert every in owner.get(reverse("admin:loyalty_importjob_change", args=[job.pk])).content.decode()
    notes = owner.get(every).context["cl"].result_list
    assert [(note.line, note.number, note.kind) for note in notes] == [
        (1, "today", "rejected"),
        (2, "today", "rejected"),
        (3, "R3", "parked"),
    ]
    page = owner.get(every + "&kind__exact=parked").content.decode()
    assert "The return names no member" in page
    assert "is not a number" not in page


def test_the_right_to_see_imports_opens_their_lines_too(club: list[Member]) -> None:
    clerk = seed.make_staff()
    pages = [reverse(f"admin:loyalty_{model}_changelist") for model in ("importjob", "importnote")]
    assert [browser(clerk).get(page).status_code for page in pages] == [403, 403]
    clerk.user_permissions.add(Permission.objects.get(codename="view_importjob"))
    assert [browser(clerk).get(page).status_code for page in pages] == [200, 200]
    assert [browser(clerk).get(page + "add/").status_code for page in pages] == [403, 403]
