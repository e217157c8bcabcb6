"""E-mail, by SMTP or by any provider that Anymail knows: one connection is kept for all letters of a session."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import ClassVar

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.channels import ChannelIsDown, HandOverError, Receipt, channels
from campaigns.channels.email import providers, smtp
from campaigns.queries.letters import Letter

DJANGOS_SMTP = "django.core.mail.backends.smtp.EmailBackend"


@channels.register("email")
class Email:
    key: ClassVar[str] = "email"
    label: ClassVar[Promise] = _("e-mail")

    @contextmanager
    def open(self) -> Iterator["EmailSession"]:
        session = EmailSession()
        session.connect()
        try:
            yield session
        finally:
            session.close()


class EmailSession:
    """One connection to a mail server or a provider, opened again when it is lost."""

    def __init__(self) -> None:
        is_smtp = settings.EMAIL_BACKEND == DJANGOS_SMTP
        self.backend = smtp.Backend() if is_smtp else get_connection()

    def connect(self) -> None:
        """Make sure of a connection, or raise `ChannelIsDown`: whatever fails here has sent nothing."""
        try:
            self.backend.open()
        except Exception as error:
            self.close()
            raise ChannelIsDown(f"{type(error).__name__}: {error}") from error

    def close(self) -> None:
        # The other side may be gone already; every letter's answer is known by now.
        with suppress(OSError):
            self.backend.close()

    def hand_over(self, letter: Letter) -> Receipt:
        self.connect()
        try:
            return self.send(letter)
        except Exception as error:
            raise self.meaning_of(error) from error

    def send(self, letter: Letter) -> Receipt:
        if isinstance(self.backend, smtp.Backend):
            self.backend.send_letter(letter)
            return Receipt()
        mail = as_mail(letter)
        self.backend.send_messages([mail])
        status = getattr(mail, "anymail_status", None)
        return Receipt(provider_id=(status and status.message_id) or "")

    def meaning_of(self, error: Exception) -> HandOverError:
        if not isinstance(self.backend, smtp.Backend):
            return providers.meaning_of(error)
        meaning = smtp.meaning_of(error, is_text_underway=self.backend.is_text_underway)
        if self.backend.is_lost(error):
            self.close()
        return meaning


def as_mail(letter: Letter) -> EmailMultiAlternatives:
    mail = EmailMultiAlternatives(
        subject=letter.subject, body=letter.text, to=[letter.to], headers=dict(letter.headers)
    )
    mail.attach_alternative(letter.html, "text/html")
    # Anymail gives this back in a provider's reports.
    mail.metadata = {"message": str(letter.id)}  # type: ignore[attr-defined]
    return mail
