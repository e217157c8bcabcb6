"""Who the club's members are, and the account that their points belong to."""

import unicodedata
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

NUMBER_LENGTH = 10


def check_digit(digits: str) -> str:
    """The Luhn digit (ISO/IEC 7812-1) that follows ``digits``."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)


def is_member_number(text: str) -> bool:
    """Whether ``text`` has the form and the check digit of a member number."""
    return (
        len(text) == NUMBER_LENGTH
        and text.isascii()
        and text.isdigit()
        and check_digit(text[:-1]) == text[-1]
    )


def searchable(*parts: object) -> str:
    """Text folded so that ``åke`` finds ``Åke`` on every database."""
    words = " ".join(str(part) for part in parts if part)
    return unicodedata.normalize("NFC", words).casefold()


class Account(models.Model):
    """What points, vouchers and tiers belong to: one member, or several who share.

    Who left and comes back before ``reopens_to`` gets it again; before ``unbroken_to``, as if never gone. One that has
    become part of another says which; ``is_mixed`` where some of what was earned on it is another's by now, or the reverse.
    """

    opened_at = models.DateTimeField(_("opened"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    unbroken_to = models.DateTimeField(_("unbroken to"), null=True, blank=True)
    reopens_to = models.DateTimeField(_("reopens to"), null=True, blank=True)
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="merged",
        verbose_name=_("part of"),
    )
    is_mixed = models.BooleanField(_("has shared what was earned"), default=False)

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(merged_into__isnull=True) | models.Q(closed_at__isnull=False),
                name="account_merged_is_closed",
            )
        ]

    def __str__(self) -> str:
        return str(_("account %(number)s") % {"number": self.pk})


class MemberQuerySet(models.QuerySet["Member"]):
    def active(self) -> Self:
        return self.filter(state=Member.State.ACTIVE)

    def in_turn(self) -> Self:
        """Account by account, who holds it first: who began it, then who came after; those who have left last."""
        states = models.Case(models.When(state=Member.State.ACTIVE, then=0), default=1)
        since = models.F("shares_since").asc(nulls_first=True)
        return self.order_by("account_id", states, since, "pk")

    def matching(self, words: str) -> Self:
        """Members whose number, name, e-mail or phone contain every word."""
        found = self
        for word in searchable(words).split():
            found = found.filter(search_text__contains=word)
        return found


class Member(models.Model):
    """One person in the club."""

    class State(models.TextChoices):
        ACTIVE = "active", _("active")
        CLOSED = "closed", _("closed")
        ERASED = "erased", _("erased")

    number = models.CharField(_("member number"), max_length=NUMBER_LENGTH, unique=True)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="members", verbose_name=_("account")
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="member",
        verbose_name=_("login"),
    )
    email = models.EmailField(_("e-mail"), blank=True)
    phone = PhoneNumberField(_("phone"), blank=True)
    first_name = models.CharField(_("first name"), max_length=80, blank=True)
    last_name = models.CharField(_("last name"), max_length=80, blank=True)
    birth_date = models.DateField(_("birth date"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=5, default="sv")
    home_store = models.ForeignKey(
        "members.Store",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("home store"),
    )
    referrer = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="referred",
        verbose_name=_("invited by"),
    )
    street = models.CharField(_("street and number"), max_length=120, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=12, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    shares_since = models.DateTimeField(_("on this account since"), null=True, blank=True)
    may_spend = models.BooleanField(_("may use what a shared account has"), default=False)
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="doubles",
        verbose_name=_("the same person as"),
    )
    is_staff_member = models.BooleanField(_("works here"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ACTIVE)
    joined_at = models.DateTimeField(_("joined"), db_index=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    search_text = models.TextField(editable=False, default="")

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        permissions = (("erase_member", "Can erase member"),)
        constraints = [
            models.UniqueConstraint(
                Lower("email"), condition=~models.Q(email=""), name="member_email_is_taken_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state="active") | models.Q(closed_at__isnull=False),
                name="member_closed_has_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(merged_into__isnull=True) | ~models.Q(state="active"),
                name="member_merged_is_closed",
            ),
        ]
        indexes = [models.Index(fields=["phone"], name="member_phone")]

    def __str__(self) -> str:
        return f"{self.full_name} ({self.number})" if self.full_name else self.number

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def home(self) -> str:
        """Where they live, written in one way for all of one home; nothing unless both street and code are known."""
        if not (self.street and self.postal_code):
            return ""
        return "".join(searchable(self.street, self.postal_code).split())


class MemberIdentity(models.Model):
    """What a shop, a till or another system calls a member."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="identities")
    source = models.CharField(_("source"), max_length=40)
    external_id = models.CharField(_("external id"), max_length=120)

    class Meta:
        verbose_name = _("external id")
        verbose_name_plural = _("external ids")
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="external_id_names_one_member")
        ]

    def __str__(self) -> str:
        return f"{self.source}:{self.external_id}"
