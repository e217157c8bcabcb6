"""SMTP: Django's backend, made to know whether a letter's text was under way when something broke."""

import re
import smtplib
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail.backends.smtp import EmailBackend

from campaigns.channels import ChannelIsDown, HandOverError, NotKnown, PutOff, Refused
from campaigns.channels.email import mime
from campaigns.queries.letters import Letter

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

ENHANCED_CODE = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
ADDRESS_CODES = (550, 551, 553)  # no such mailbox, not here, name not allowed (RFC 5321, 4.2.3)
SENDER_AT_FAULT = ("5.1.7", "5.1.8")


class Watchful(smtplib.SMTP):
    """Notes that the text of a letter is under way, from DATA until the answer to it."""

    is_text_underway = False

    def data(self, msg: "ReadableBuffer | str") -> tuple[int, bytes]:
        self.is_text_underway = True
        answer = super().data(msg)
        self.is_text_underway = False
        return answer


class WatchfulOverTls(Watchful, smtplib.SMTP_SSL):
    pass


class Backend(EmailBackend):
    def send_letter(self, letter: Letter) -> None:
        """Hand over one letter on the open connection, or raise what smtplib raises."""
        sender, connection = settings.DEFAULT_FROM_EMAIL, self.connection
        if connection is None:
            raise smtplib.SMTPServerDisconnected("The connection is not open.")
        connection.sendmail(
            mime.envelope_sender(sender),
            [mime.ascii_address(letter.to)],
            mime.as_bytes(letter, sender=sender),
        )

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return WatchfulOverTls if self.use_ssl else Watchful

    @property
    def is_text_underway(self) -> bool:
        return isinstance(self.connection, Watchful) and self.connection.is_text_underway

    def is_lost(self, error: Exception) -> bool:
        """Whether the connection cannot be used again after this error."""
        sock = self.connection.sock if self.connection else None
        answered = isinstance(error, smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused)
        return sock is None or not answered


def meaning_of(error: Exception, *, is_text_underway: bool) -> HandOverError:
    """Return what an error of smtplib means for the letter at hand."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, answer = next(iter(error.recipients.values()))
        return answered(code, answer, is_about_address=True)
    if isinstance(error, smtplib.SMTPDataError):
        return answered(error.smtp_code, error.smtp_error, is_about_address=False)
    if isinstance(error, smtplib.SMTPSenderRefused | smtplib.SMTPHeloError):
        return ChannelIsDown(as_text(error.smtp_code, error.smtp_error))
    if is_text_underway:
        return NotKnown(f"{type(error).__name__}: {error}")
    if isinstance(error, OSError) and not isinstance(error, smtplib.SMTPNotSupportedError):
        return PutOff(f"{type(error).__name__}: {error}")
    # Neither the server nor the network: the letter itself cannot be written, e.g. a broken address.
    return Refused(f"{type(error).__name__}: {error}", is_address=False)


def answered(code: int, answer: bytes | str, *, is_about_address: bool) -> HandOverError:
    text = as_text(code, answer)
    if code < 500:
        return PutOff(text)
    return Refused(text, is_address=names_dead_address(code, text, is_about_address=is_about_address))


def names_dead_address(code: int, text: str, *, is_about_address: bool) -> bool:
    """Whether an answer says that the mailbox is gone (RFC 3463: 5.1.x, 5.2.1), not full, and not that we are blocked."""
    enhanced = ENHANCED_CODE.search(text)
    if enhanced:
        is_addressing = enhanced[1].startswith("5.1.") and enhanced[1] not in SENDER_AT_FAULT
        return is_addressing or enhanced[1] == "5.2.1"
    return is_about_address and code in ADDRESS_CODES


def as_text(code: int, answer: bytes | str) -> str:
    said = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return f"{code} {said}"
