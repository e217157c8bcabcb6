"""What the merchant sets up: one row per object; value types are typed JSON.

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
    """What every object of a programme has: a key that stays and a name that people read.

    ``name`` is in the version's language, ``names`` holds it in others: {"en": "points"}.
    """

    key = models.SlugField(_("key"), max_length=40)
    name = models.CharField(_("name"), max_length=80)
    names = models.JSONField(_("in other languages"), default=dict, blank=True)
    position = models.PositiveIntegerField(_("order"), default=0)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class Meter(ProgrammeObject):
    """Anything counted: points, stamps, spend. Spendable meters hold lots."""

    class Consumption(models.TextChoices):
        SOONEST = "soonest", _("soonest to lapse first")
        OLDEST = "oldest", _("oldest first")

    version = models.ForeignKey(ProgrammeVersion, on_delete=models.CASCADE, related_name="meters")
    decimals = models.PositiveSmallIntegerField(_("decimals"), default=0)
    is_spendable = models.BooleanField(_("can be spent"), default=True)
    is_shown = models.BooleanField(_("shown to the member"), default=True)
    consumption = models.CharField(_("use"), max_length=8, choices=Consumption, default=Consumption.SOONEST)
    lifetime = models.JSONField(_("lifetime"), default=dict, blank=True)

    class Meta:
        verbose_name = _("meter")
        verbose_name_plural = _("meters")
        constraints = [models.UniqueConstraint(fields=["version", "key"], name="meter_key_is_used_once")]


class EarningRule(ProgrammeObject):
    """What gives points: an event, what of it counts, how much, and when it can be used."""

    version = models.ForeignKey(ProgrammeVersion, on_delete=models.CASCADE, related_name="earning_rules")
    event = models.CharField(_("event"), max_length=20, default="purchase")
    meter = models.SlugField(_("meter"), max_length=40)
    scope = models.JSONField(_("applies to"), default=dict, blank=True)
    condition = models.JSONField(_("only if"), default=dict, blank=True)
    base = models.JSONField(_("counts"), default=dict, blank=True)
    rate = models.JSONField(_("rate"), default=dict)
    round = models.JSONField(_("rounding"), default=dict, blank=True)
    stack = models.JSONField(_("together with others"), default=dict, blank=True)
    pending_days = models.PositiveIntegerField(_("days until usable"), default=0)

    class Meta:
        verbose_name = _("earning rule")
        verbose_name_plural = _("earning rules")
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="earning_rule_key_is_used_once")
        ]


class Reward(ProgrammeObject):
    """What can be got. A voucher is one account's one of it."""

    version = models.ForeignKey(ProgrammeVersion, on_delete=models.CASCADE, related_name="rewards")
    kind = models.CharField(_("kind"), max_length=20)
    percent = models.DecimalField(_("per cent"), max_digits=5, decimal_places=2, null=True, blank=True)
    use = models.JSONField(_("use"), default=dict, blank=True)
    on_return = models.CharField(
        _("when the goods come back"),
        max_length=8,
        choices=[("lost", _("lost")), ("restored", _("can be used again"))],
        default="lost",
    )
    scope = models.JSONField(_("applies to"), default=dict, blank=True)
    lifetime = models.JSONField(_("lifetime"), default=dict, blank=True)

    class Meta:
        verbose_name = _("reward")
        verbose_name_plural = _("rewards")
        constraints = [models.UniqueConstraint(fields=["version", "key"], name="reward_key_is_used_once")]


class Conversion(ProgrammeObject):
    """When and how a meter becomes a reward."""

    version = models.ForeignKey(ProgrammeVersion, on_delete=models.CASCADE, related_name="conversions")
    meter = models.SlugField(_("meter"), max_length=40)
    reward = models.SlugField(_("reward"), max_length=40)
    schedule = models.JSONField(_("when"), default=dict, blank=True)
    form = models.JSONField(_("form"), default=dict)
    remainder = models.CharField(
        _("remainder"),
        max_length=8,
        choices=[("carry", _("carried on")), ("drop", _("dropped"))],
        default="carry",
    )

    class Meta:
        verbose_name = _("conversion")
        verbose_name_plural = _("conversions")
        constraints = [models.UniqueConstraint(fields=["version", "key"], name="conversion_key_is_used_once")]


class TierLadder(ProgrammeObject):
    """Tiers by what a meter earned in a window, never by what is left of it."""

    version = models.ForeignKey(ProgrammeVersion, on_delete=models.CASCADE, related_name="tier_ladders")
    meter = models.SlugField(_("meter"), max_length=40)
    window = models.JSONField(_("qualifying window"), default=dict)
    valid = models.JSONField(_("valid to"), default=dict, blank=True)
    rows = models.JSONField(_("tiers"), default=list)

    class Meta:
        verbose_name = _("tier ladder")
        verbose_name_plural = _("tier ladders")
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="tier_ladder_key_is_used_once")
        ]
