"""Why an action said no. Faces turn the key into a sentence and the status into theirs."""

from typing import ClassVar


class UnableTo(Exception):
    """An action that changed nothing.

    ``key`` is a stable snake_case word for machines, ``facts`` are the numbers and names that the
    sentence about it needs; ``status`` is the HTTP status that fits.
    """

    status: ClassVar[int] = 422

    def __init__(self, key: str, **facts: object) -> None:
        super().__init__(key)
        self.key = key
        self.facts = facts

    def __str__(self) -> str:
        details = ", ".join(f"{name}={value!r}" for name, value in self.facts.items())
        return f"{type(self).__name__}: {self.key}" + (f" ({details})" if details else "")


class UnableToEraseMember(UnableTo):
    """The person cannot be forgotten as asked."""


class UnableToFind(UnableTo):
    """What the caller named does not exist."""

    status = 404


class UnableToJoin(UnableTo):
    """``email_is_not_valid``, ``phone_is_not_valid``, ``nothing_to_know_the_member_by``, …"""


class UnableToUpdateMember(UnableTo):
    """The same keys as for joining, and ``member_is_closed``."""


class UnableToLink(UnableTo):
    """``external_id_is_taken``: another member is called that already."""

    status = 409


class UnableToCloseMember(UnableTo):
    """``reason_is_missing``."""


class UnableToShare(UnableTo):
    """The member cannot come onto the account, or leave it, or be made one with another, as asked."""

    status = 409


class UnableToRecordConsent(UnableTo):
    """``purpose_is_not_known``, ``channel_is_not_known``, ``wording_is_missing``, ``member_is_closed``."""


class UnableToCreateApiKey(UnableTo):
    """``scope_is_not_known``, ``scopes_are_missing``, ``name_is_taken``, ``source_is_not_valid``, …"""


class UnableToRecordOrder(UnableTo):
    """The order cannot be booked as it was sent."""


class UnableToRecordReturn(UnableTo):
    """The return cannot be booked as it was sent."""


class UnableToCancelOrder(UnableTo):
    """The order cannot be cancelled any more."""


class UnableToClaimOrder(UnableTo):
    """The order belongs to somebody else, or is too old."""


class UnableToRecordAct(UnableTo):
    """What a member did cannot be booked as it was told."""


class UnableToChoose(UnableTo):
    """The member cannot have what they ask for: an offer, a size, a conversion, something for points."""


class UnableToGive(UnableTo):
    """The voucher cannot be handed on, or claimed."""


class UnableToBook(UnableTo):
    """There are no such seats, or not for this member, or not yet."""


class UnableToGrant(UnableTo):
    """The sum cannot be granted or shared out as asked."""


class UnableToDraw(UnableTo):
    """There is no such draw."""


class UnableToAdjust(UnableTo):
    """Points cannot be given or taken by hand as asked."""


class UnableToReserve(UnableTo):
    """The voucher is held by another order or is used."""

    status = 409


class UnableToRedeem(UnableTo):
    """The voucher cannot be used on this order."""

    status = 409


class UnableToTakeIn(UnableTo):
    """A product or a category cannot be kept as it was sent."""


class UnableToPublish(UnableTo):
    """The programme version is not ready to be published."""
