"""Mail providers by their web API, through Anymail: what their errors mean."""

from anymail.exceptions import (
    AnymailAPIError,
    AnymailConfigurationError,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
    AnymailSerializationError,
    AnymailUnsupportedFeature,
)
from requests.exceptions import ConnectTimeout
from urllib3.exceptions import NewConnectionError

from campaigns.channels import ChannelIsDown, HandOverError, NotKnown, PutOff, Refused

ACCOUNT_STATUSES = (401, 402, 403, 404)
LATER_STATUSES = (429, 503)


def meaning_of(error: Exception) -> HandOverError:
    """Return what an error of Anymail, or of another backend of Django, means for the letter at hand."""
    text = f"{type(error).__name__}: {error}"
    if isinstance(error, AnymailInvalidAddress):
        return Refused(text, is_address=True)
    if isinstance(error, AnymailRecipientsRefused):
        return Refused(text, is_address=is_invalid(error))
    if isinstance(error, AnymailSerializationError | AnymailUnsupportedFeature):
        return Refused(text, is_address=False)
    if isinstance(error, AnymailConfigurationError) or never_reached(error):
        return ChannelIsDown(text)
    if isinstance(error, AnymailAPIError) and error.status_code:
        return by_status(error.status_code, text)
    return NotKnown(text)


def by_status(status: int, text: str) -> HandOverError:
    if status in ACCOUNT_STATUSES:
        return ChannelIsDown(text)
    if status in LATER_STATUSES:
        return PutOff(text)
    # A gateway may answer 500 for a letter that the provider has taken.
    return NotKnown(text) if status >= 500 else Refused(text, is_address=False)


def is_invalid(error: AnymailRecipientsRefused) -> bool:
    status = getattr(error.email_message, "anymail_status", None)
    return status is not None and status.status == {"invalid"}


def never_reached(error: Exception) -> bool:
    """Whether the connection itself failed, so that the letter cannot have gone out."""
    cause = error.__cause__
    if isinstance(cause, ConnectTimeout):
        return True
    reason = getattr(cause.args[0], "reason", None) if cause and cause.args else None
    return isinstance(reason, NewConnectionError)
