"""What the merchant sets up: a version, and a row for each of its objects.

While a version is a draft the rows are what counts. Publishing writes ``document``, and from then
on an order of that version's dates is always computed with it.
"""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class ProgrammeVersionQuerySet(models.QuerySet["ProgrammeVersion"]):
    def published(self) -> Self:
        """Versions that have been in force or will be."""
        return self.exclude(state=ProgrammeVersion.State.DRAFT)


class ProgrammeVersion(models.Model):
    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        RETIRED = "retired", _("retired")

    name = models.CharField(_("name"), max_length=80, unique=True)
    programme = models.SlugField(
        _("programme"), max_length=40, default="club", help_text=_("What programme files call it.")
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    language = models.CharField(
        _("language"), max_length=2, default="sv", help_text=_("The language that names are written in.")
    )
    currency = models.CharField(_("currency"), max_length=3, default="SEK")
    time_zone = models.CharField(_("time zone"), max_length=60, default="Europe/Stockholm")
    audience = models.JSONField(
        _("audience"), default=dict, blank=True, help_text=_("Who can be in the club, and where it holds.")
    )
    life = models.JSONField(
        _("end of membership"), default=dict, blank=True, help_text=_("When a silent account closes.")
    )
    returns = models.JSONField(
        _("returns"), default=dict, blank=True, help_text=_("What happens when goods come back.")
    )
    valid_from = models.DateTimeField(_("valid from"), null=True, blank=True)
    valid_to = models.DateTimeField(_("valid to"), null=True, blank=True)
    document = models.JSONField(_("published text"), null=True, blank=True, editable=False)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    published_by = models.CharField(_("published by"), max_length=80, blank=True)

    objects = ProgrammeVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("programme version")
        verbose_name_plural = _("programme versions")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft")
                | Q(document__isnull=False, valid_from__isnull=False, published_at__isnull=False),
                name="published_version_is_frozen",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="version_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ProgrammeObject(models.Model):
    """One object of a version: a meter, a rule, a reward … in ``kind``, the name of its list in programme files.

    ``name`` is in the version's language; ``names`` holds every language where the file gives several:
    {"sv": "poäng", "en": "points"}. ``settings`` is all else, exactly as the programme document writes it,
    so a new setting is never a migration.
    """

    version = models.ForeignKey(
        ProgrammeVersion,
        on_delete=models.CASCADE,
        related_name="programme_objects",
        verbose_name=_("programme version"),
    )
    kind = models.SlugField(_("kind"), max_length=40)
    key = models.SlugField(_("key"), max_length=40)
    name = models.CharField(_("name"), max_length=80)
    names = models.JSONField(_("in all languages"), default=dict, blank=True)
    position = models.PositiveIntegerField(_("order"), default=0)
    settings = models.JSONField(_("settings"), default=dict, blank=True)

    class Meta:
        verbose_name = _("programme object")
        verbose_name_plural = _("programme objects")
        constraints = [
            models.UniqueConstraint(fields=["version", "kind", "key"], name="object_key_is_used_once")
        ]

    def __str__(self) -> str:
        return self.name
