import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import translation

from members.models import User

pytestmark = pytest.mark.django_db


def test_an_address_has_one_login_however_it_is_written() -> None:
    User.objects.create_user("Vera@Shop.se")
    with pytest.raises(IntegrityError):
        User.objects.create(email="VERA@SHOP.SE")


def test_the_form_says_that_the_address_is_taken() -> None:
    User.objects.create_user("vera@shop.se")
    with translation.override("en"), pytest.raises(ValidationError) as refused:
        User(email="VERA@shop.se", password="x").full_clean()
    assert refused.value.messages == ["This e-mail address already has a login."]


def test_a_login_is_found_however_its_address_is_written() -> None:
    user = User.objects.create_user("vera@shop.se", "en lång och egen fras")
    assert User.objects.get_by_natural_key("VERA@shop.SE") == user


def test_a_login_needs_an_address() -> None:
    with pytest.raises(ValueError, match="needs an e-mail address"):
        User.objects.create_user("")


def test_a_superuser_may_do_everything() -> None:
    user = User.objects.create_superuser("vera@shop.se", "en lång och egen fras")
    assert (user.is_staff, user.is_superuser, str(user)) == (True, True, "vera@shop.se")
