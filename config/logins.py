"""How the login pages fit the club: members join by our own page, and one address is kept for both."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from members import actions
from members.models import Member, User


class ClubAccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, object]) -> None:
        super().send_mail(template_prefix, email, {"club_name": settings.CLUB_NAME, **context})

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Let the club write to the new address too, once its owner has proved it."""
        member = Member.objects.active().filter(user_id=email_address.user_id).first()
        try:
            with transaction.atomic():
                is_confirmed = bool(super().confirm_email(request, email_address))
                if is_confirmed and member is not None:
                    actions.update_member(
                        member=member,
                        email=email_address.email,
                        actor=f"member {member.number}",
                        now=timezone.now(),
                    )
        except actions.UnableToUpdateMember:
            return False
        return is_confirmed


class ClubBackend(AuthenticationBackend):
    """Load who is logged in together with their membership and account: every page needs all three."""

    def get_user(self, user_id: int) -> User | None:
        login = User.objects.select_related("member__account").filter(pk=user_id).first()
        return login if login is not None and self.user_can_authenticate(login) else None
