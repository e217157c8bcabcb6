"""How a member gets in. Members that a shop sent us have no login until they ask for a code."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction

from members.models import Member, User
from members.queries import members_by


@transaction.atomic
def ensure_login(*, email: str, now: datetime) -> User | None:
    """Return the login of the active member with this e-mail address, made at ``now`` if missing.

    The member's own address decides who may log in: when it has changed, the login follows it, and
    the former address opens nothing any more. None when no active member has the address.
    """
    member = (
        Member.objects.active()
        .select_related("user")
        .select_for_update(of=("self",))
        .filter(pk__in=members_by(email=email))
        .first()
    )
    if member is None:
        return None
    if member.user is None or member.user.email.casefold() != member.email.casefold():
        member.user = login_of_address(email=member.email, now=now)
        member.save(update_fields=["user"])
    return member.user


def login_of_address(*, email: str, now: datetime) -> User:
    """The login with this address, a new one without a password if there is none.

    The address counts as proved only when a mailed code has been entered.
    """
    login = User.objects.filter(email__iexact=email).first() or User.objects.create_user(email, joined_at=now)
    EmailAddress.objects.get_or_create(user=login, email=login.email, defaults={"primary": True})
    Member.objects.filter(user=login).update(user=None)
    return login
