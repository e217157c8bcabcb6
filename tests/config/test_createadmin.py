import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.utils import translation

from members.models import User

pytestmark = pytest.mark.django_db


def test_createadmin_makes_a_login_that_can_enter_the_console_at_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STAMKUND_ADMIN_PASSWORD", "en lång och egen fras")
    call_command("createadmin", "Vera@Shop.se")
    user = User.objects.get()
    assert (user.email, user.is_staff, user.is_superuser) == ("vera@shop.se", True, True)
    assert user.check_password("en lång och egen fras")
    address = EmailAddress.objects.get(user=user)
    assert (address.email, address.verified, address.primary) == ("vera@shop.se", True, True)
    assert capsys.readouterr().out == "vera@shop.se may log in at /admin/.\n"


def test_without_a_password_the_login_is_by_mailed_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STAMKUND_ADMIN_PASSWORD", raising=False)
    call_command("createadmin", "vera@shop.se")
    assert User.objects.get().has_usable_password() is False


def test_an_existing_login_is_raised_to_staff_and_keeps_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STAMKUND_ADMIN_PASSWORD", raising=False)
    User.objects.create_user("vera@shop.se", "en lång och egen fras")
    call_command("createadmin", "VERA@shop.se")
    user = User.objects.get()
    assert user.is_staff
    assert user.check_password("en lång och egen fras")


@pytest.mark.parametrize(
    ("email", "password", "says"),
    [
        ("vera", "en lång och egen fras", "Enter a valid email address"),
        ("vera@shop.se", "kort", "at least 10 characters"),
        ("vera@shop.se", "1234567890", "entirely numeric"),
    ],
)
def test_what_will_not_do_is_refused_and_makes_nothing(
    monkeypatch: pytest.MonkeyPatch, email: str, password: str, says: str
) -> None:
    monkeypatch.setenv("STAMKUND_ADMIN_PASSWORD", password)
    with translation.override("en"), pytest.raises(CommandError, match=says):
        call_command("createadmin", email)
    assert not User.objects.exists()
