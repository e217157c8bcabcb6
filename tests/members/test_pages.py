"""Joining, getting in by a mailed code, and what members decide about themselves."""

import re
from datetime import date, timedelta

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse

from members import actions
from members.actions.logins import ensure_login
from members.forms import CHOICES, WORDING
from members.models import Activity, Consent, Member, User
from tests.make import NOON, make_member

MY_PAGES = (
    "details",
    "consents",
    "close_membership",
    "erase_membership",
    "my_page",
    "history",
    "my_data",
    "card_qr",
    "card_bars",
)
JOINING = {"email": "Nils@post.example", "first_name": "Nils"}

Mails = list[EmailMessage]


def code_in(mail: EmailMessage) -> str:
    found = re.match(r"(\S+) är din kod|(\S+) is your code", str(mail.subject))
    assert found, mail.subject
    return found[1] or found[2]


def enter_code(client: Client, mail: EmailMessage) -> str:
    """Enter the mailed code and return where that leads."""
    answer = client.post(reverse("account_confirm_login_code"), {"code": code_in(mail)})
    return str(answer.headers.get("Location", ""))


def logged_in(member: Member) -> Client:
    client = Client()
    login = ensure_login(email=member.email, now=NOON)
    assert login is not None
    client.force_login(login)
    return client


# -- Joining -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_no_box_is_ticked_before_the_visitor_ticks_it(client: Client) -> None:
    page = client.get(reverse("join")).content.decode()
    boxes = re.findall(r'<input type="checkbox"[^>]*>', page)
    assert [re.findall(r'name="(\w+)"', box)[0] for box in boxes] == [choice.name for choice in CHOICES]
    assert [box for box in boxes if "checked" in box] == []


@pytest.mark.django_db
def test_joining_is_one_screen_and_a_mailed_code(client: Client, mailoutbox: Mails) -> None:
    answer = client.post(reverse("join"), {**JOINING, "marketing_email": "on"})
    assert answer.headers["Location"] == reverse("account_confirm_login_code")
    assert [mail.to for mail in mailoutbox] == [["nils@post.example"]]
    assert enter_code(client, mailoutbox[0]) == reverse("home")
    assert client.get(reverse("home")).headers["Location"] == reverse("my_page")
    assert "Nils" in client.get(reverse("my_page")).content.decode()


@pytest.mark.django_db
def test_only_what_was_ticked_is_agreed_to(client: Client) -> None:
    client.post(
        reverse("join"),
        {
            **JOINING,
            "mobile": "070-123 45 67",
            "marketing_sms": "on",
            "profiling": "on",
            "birth_date": "1984-05-17",
        },
    )
    nils = Member.objects.get()
    assert (nils.email, str(nils.phone), nils.birth_date) == (
        "nils@post.example",
        "+46701234567",
        date(1984, 5, 17),
    )
    answers = nils.consents.order_by("purpose").values_list(
        "purpose", "channel", "is_given", "wording", "origin", "actor"
    )
    assert list(answers) == [
        ("marketing", "sms", True, WORDING, "member pages", "new member"),
        ("profiling", "any", True, WORDING, "member pages", "new member"),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"email": "nils"}, "email"),
        ({"first_name": ""}, "first_name"),
        ({"mobile": "12"}, "mobile"),
        ({"marketing_sms": "on"}, "mobile"),
        ({"birth_date": "17/5"}, "birth_date"),
        ({"birth_date": "2984-05-17"}, "birth_date"),
        ({"birth_date": "1884-05-17"}, "birth_date"),
    ],
)
def test_what_cannot_be_right_is_said_beside_its_field_and_nobody_joins(
    client: Client, mailoutbox: Mails, wrong: dict[str, str], field: str
) -> None:
    answer = client.post(reverse("join"), {**JOINING, **wrong})
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, [field])
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert (Member.objects.count(), User.objects.count(), len(mailoutbox)) == (0, 0, 0)


@pytest.mark.django_db
def test_joining_with_a_known_address_changes_nothing_and_looks_the_same(mailoutbox: Mails) -> None:
    alice = make_member("Alice", phone="+46701234567")
    stranger, newcomer = Client(), Client()
    as_alice = stranger.post(
        reverse("join"), {"email": "ALICE@post.example", "first_name": "Mallory", "profiling": "on"}
    )
    as_new = newcomer.post(reverse("join"), JOINING)
    assert (as_alice.status_code, as_alice.headers["Location"]) == (
        as_new.status_code,
        as_new.headers["Location"],
    )
    known = Member.objects.get(pk=alice.pk)
    assert (known.first_name, str(known.phone), known.consents.count()) == ("Alice", "+46701234567", 0)
    assert [mail.to for mail in mailoutbox] == [["alice@post.example"], ["nils@post.example"]]


@pytest.mark.django_db
def test_the_login_pages_own_way_to_sign_up_leads_to_joining(client: Client) -> None:
    for path in (reverse("account_signup"), "/accounts/signup/"):
        assert client.get(path).headers["Location"] == reverse("join")
    assert (
        client.post(
            "/accounts/signup/", {"email": "x@post.example", "password1": "a long password"}
        ).status_code
        == 302
    )
    assert User.objects.count() == 0


# -- Getting in --------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_member_whom_the_shop_sent_us_gets_in_by_a_code(
    client: Client, alice: Member, mailoutbox: Mails
) -> None:
    assert alice.user is None
    client.post(reverse("account_request_login_code"), {"email": "Alice@post.example"})
    assert enter_code(client, mailoutbox[0]) == "/"
    assert client.get(reverse("details")).context["member"] == alice
    alice.refresh_from_db()
    assert alice.user is not None
    assert (alice.user.email, alice.user.has_usable_password()) == ("alice@post.example", False)


@pytest.mark.django_db
def test_nobody_can_find_out_who_is_a_member(alice: Member, mailoutbox: Mails) -> None:
    pages = []
    for address in ("alice@post.example", "nobody@post.example"):
        client = Client()
        asked = client.post(reverse("account_request_login_code"), {"email": address})
        page = client.get(asked.headers["Location"]).content.decode()
        page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.replace(address, ""))
        pages.append((asked.status_code, asked.headers["Location"], page))
    assert pages[0] == pages[1]
    assert [mail.to for mail in mailoutbox] == [["alice@post.example"], ["nobody@post.example"]]
    assert "/accounts/signup/" in str(mailoutbox[1].body)


@pytest.mark.django_db
def test_a_wrong_code_does_not_let_anybody_in(client: Client, alice: Member) -> None:
    client.post(reverse("account_request_login_code"), {"email": alice.email})
    answer = client.post(reverse("account_confirm_login_code"), {"code": "WRONG1"})
    assert answer.context["verify_form"].errors
    assert client.get(reverse("details")).status_code == 302


@pytest.mark.django_db
def test_who_has_left_gets_no_code(client: Client, alice: Member, mailoutbox: Mails) -> None:
    actions.close_member(member=alice, reason="moved", actor="staff", now=NOON)
    client.post(reverse("account_request_login_code"), {"email": alice.email})
    assert User.objects.count() == 0
    assert "/accounts/signup/" in str(mailoutbox[0].body)


@pytest.mark.django_db
def test_a_login_follows_the_members_address(alice: Member) -> None:
    old = logged_in(alice)
    assert old.get(reverse("details")).status_code == 200
    actions.update_member(member=alice, email="alicia@post.example", actor="staff", now=NOON)
    new = ensure_login(email="alicia@post.example", now=NOON)
    assert new is not None
    assert old.get(reverse("details")).status_code == 403
    assert Member.objects.get(user=new).pk == alice.pk
    assert ensure_login(email="alice@post.example", now=NOON) is None


@pytest.mark.django_db
def test_asking_twice_makes_one_login(alice: Member) -> None:
    assert ensure_login(email=alice.email, now=NOON) == ensure_login(email=alice.email, now=NOON)
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_staff_who_are_members_have_one_login(alice: Member) -> None:
    staff = User.objects.create_user("alice@post.example", "a long password", is_staff=True)
    assert ensure_login(email=alice.email, now=NOON) == staff
    assert staff.check_password("a long password")


@pytest.mark.django_db
@pytest.mark.parametrize("page", MY_PAGES)
def test_visitors_are_asked_to_log_in_and_strangers_see_nothing(client: Client, page: str) -> None:
    path = reverse(page)
    assert client.get(path).headers["Location"] == f"/accounts/login/?next={path}"
    client.force_login(User.objects.create_user("somebody@post.example"))
    assert client.get(path).status_code == 403


@pytest.mark.django_db
def test_staff_go_from_the_front_door_to_the_console(client: Client) -> None:
    client.force_login(User.objects.create_user("boss@post.example", is_staff=True))
    assert client.get("/").headers["Location"] == reverse("admin:index")


@pytest.mark.django_db
def test_my_pages_are_kept_by_no_cache_on_the_way(alice: Member) -> None:
    headers = logged_in(alice).get(reverse("details")).headers["Cache-Control"]
    assert "no-store" in headers
    assert "private" in headers


# -- What members decide -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_yes_and_a_no_are_two_answers(alice: Member) -> None:
    client = logged_in(alice)
    for answer in ("yes", "no"):
        client.post(reverse("consents"), {"choice": "marketing_email", "answer": answer})
    rows = Consent.objects.order_by("id").values_list("purpose", "channel", "is_given", "wording", "actor")
    told = f"member {alice.number}"
    assert list(rows) == [
        ("marketing", "email", True, WORDING, told),
        ("marketing", "email", False, WORDING, told),
    ]
    shown = client.get(reverse("consents")).context["answers"]
    assert [(one.choice.name, one.is_given) for one in shown] == [(choice.name, False) for choice in CHOICES]


@pytest.mark.django_db
def test_an_answer_about_all_channels_is_shown_for_each(alice: Member) -> None:
    actions.give_consent(
        member=alice,
        purpose="marketing",
        channel="any",
        wording="till",
        origin="till",
        actor="till",
        now=NOON,
    )
    shown = logged_in(alice).get(reverse("consents")).context["answers"]
    assert {one.choice.name for one in shown if one.is_given} == {"marketing_email", "marketing_sms"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sent", [{}, {"choice": "marketing_email"}, {"choice": "everything", "answer": "yes"}]
)
def test_an_answer_to_nothing_changes_nothing(alice: Member, sent: dict[str, str]) -> None:
    assert logged_in(alice).post(reverse("consents"), sent).status_code == 302
    assert Consent.objects.count() == 0


@pytest.mark.django_db
def test_details_are_changed_and_told_to_the_stream(alice: Member) -> None:
    sent = {"first_name": "Alva", "last_name": "Öberg", "phone": "", "birth_date": "1990-02-28"}
    assert logged_in(alice).post(reverse("details"), sent).headers["Location"] == reverse("details")
    alice.refresh_from_db()
    assert (alice.full_name, alice.phone, alice.birth_date) == ("Alva Öberg", "", date(1990, 2, 28))
    facts = Activity.objects.get(kind="member.updated").facts
    assert facts == {
        "fields": ["birth_date", "first_name", "last_name", "phone"],
        "actor": f"member {alice.number}",
    }


@pytest.mark.django_db
def test_details_that_cannot_be_right_change_nothing(alice: Member) -> None:
    answer = logged_in(alice).post(reverse("details"), {"first_name": "Alva", "phone": "12"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, ["phone"])
    alice.refresh_from_db()
    assert alice.first_name == "Alice"


@pytest.mark.django_db
def test_a_new_address_counts_when_its_owner_has_proved_it(alice: Member, mailoutbox: Mails) -> None:
    client = Client()
    client.post(reverse("account_request_login_code"), {"email": alice.email})
    enter_code(client, mailoutbox[0])
    client.post(reverse("account_email"), {"email": "alva@post.example", "action_add": ""})
    alice.refresh_from_db()
    assert (alice.email, mailoutbox[1].to) == ("alice@post.example", ["alva@post.example"])
    [code] = re.findall(r"^([A-Z0-9-]{6,})$", str(mailoutbox[1].body), re.MULTILINE)
    client.post(reverse("account_email_verification_sent"), {"code": code})
    alice.refresh_from_db()
    assert alice.user is not None
    assert (alice.email, alice.user.email) == ("alva@post.example", "alva@post.example")
    assert client.get(reverse("details")).status_code == 200


@pytest.mark.django_db
def test_a_language_is_remembered_with_the_member(alice: Member) -> None:
    client = logged_in(alice)
    answer = client.post(reverse("language"), {"language": "nb", "next": reverse("details")})
    assert (answer.headers["Location"], answer.cookies["django_language"].value) == (reverse("details"), "nb")
    alice.refresh_from_db()
    assert alice.language == "nb"
    assert '<html lang="nb">' in client.get(reverse("details")).content.decode()


@pytest.mark.django_db
def test_a_member_is_met_in_their_own_language_on_a_new_device(alice: Member) -> None:
    actions.update_member(member=alice, language="en", actor="test", now=NOON)
    assert logged_in(alice).get("/").cookies["django_language"].value == "en"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sent", "leads_to"),
    [
        ({"language": "xx", "next": "/join/"}, "/join/"),
        ({"language": "sv", "next": "https://evil.example/"}, "/"),
        ({"language": "sv", "next": "//evil.example/"}, "/"),
        ({}, "/"),
    ],
)
def test_a_language_leads_nowhere_else(client: Client, sent: dict[str, str], leads_to: str) -> None:
    assert client.post(reverse("language"), sent).headers["Location"] == leads_to


@pytest.mark.django_db
def test_leaving_needs_a_tick_and_ends_the_login(alice: Member) -> None:
    client = logged_in(alice)
    assert client.post(reverse("close_membership"), {}).status_code == 200
    alice.refresh_from_db()
    assert alice.state == Member.State.ACTIVE
    assert client.post(reverse("close_membership"), {"is_sure": "on"}).headers["Location"] == "/"
    alice.refresh_from_db()
    assert alice.state == Member.State.CLOSED
    assert client.get(reverse("details")).status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["card_qr", "card_bars"])
def test_the_card_is_a_picture_of_the_members_own_number(alice: Member, page: str) -> None:
    picture = logged_in(alice).get(reverse(page))
    assert picture.headers["Content-Type"] == "image/svg+xml"
    assert picture.content.startswith(b"<?xml")
    assert picture.content != logged_in(make_member("Bob")).get(reverse(page)).content


@pytest.mark.django_db
def test_a_session_of_long_ago_shows_nothing_of_a_closed_membership(alice: Member) -> None:
    client = logged_in(alice)
    actions.close_member(member=alice, reason="moved", actor="staff", now=NOON + timedelta(days=1))
    assert client.get(reverse("consents")).status_code == 403
