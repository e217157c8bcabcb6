from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from members.models import User


class UnableToCreateStaff(Exception):
    """The e-mail address or the password will not do; the message says why."""


@transaction.atomic
def create_staff_login(*, email: str, password: str | None) -> User:
    """Return a login with every right in the console and a verified address; without a password, by mailed code.

    An existing login is raised to staff, and keeps its password unless a new one is given.
    """
    email = email.strip().lower()
    try:
        validate_email(email)
        if password is not None:
            validate_password(password, User(email=email))
    except ValidationError as error:
        raise UnableToCreateStaff(" ".join(error.messages)) from error
    user = User.objects.select_for_update().filter(email__iexact=email).first()
    if user is None:
        user = User.objects.create_user(email)
    if password is not None:
        user.set_password(password)
    user.is_staff = user.is_superuser = user.is_active = True
    user.save()
    # Otherwise the first login would end at "confirm your e-mail address".
    EmailAddress.objects.update_or_create(
        user=user, email=email, defaults={"verified": True, "primary": True}
    )
    return user
