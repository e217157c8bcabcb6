"""What is said, when and to whom: a campaign, its frozen versions, and who is inside."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.models import Activity, Member
from members.models.ids import new_id


class Campaign(models.Model):
    """One conversation that an activity starts. What it says lives in its versions."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        ACTIVE = "active", _("active")
        PAUSED = "paused", _("paused")

    key = models.SlugField(_("key"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    trigger = models.CharField(_("starts when"), max_length=40)
    channel = models.CharField(_("channel"), max_length=10, default="email")
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.DRAFT)

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        indexes = [models.Index(fields=["trigger"], condition=Q(state="active"), name="campaign_listening")]

    def __str__(self) -> str:
        return self.name


class CampaignVersion(models.Model):
    """What a campaign says and on what ground. Frozen once it has been active; the highest number counts."""

    class Purpose(models.TextChoices):
        SERVICE = "service", _("part of the membership")
        MARKETING = "marketing", _("offers and news, needs consent")

    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="versions", verbose_name=_("campaign")
    )
    number = models.PositiveIntegerField(_("version"), default=1)
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose, default=Purpose.SERVICE)
    created_at = models.DateTimeField(_("created"))
    activated_at = models.DateTimeField(_("active from"), null=True, blank=True)
    actor = models.CharField(_("by"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("campaign version")
        verbose_name_plural = _("campaign versions")
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="campaign_version_is_numbered_once")
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id}/{self.number}"


class Step(models.Model):
    """One thing that a version does; `kind` is the key of a class in `campaigns.steps`."""

    version = models.ForeignKey(CampaignVersion, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    kind = models.CharField(_("kind"), max_length=20)
    settings = models.JSONField(_("settings"), default=dict, blank=True)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="step_position_is_used_once")
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.kind}"


class CampaignText(models.Model):
    """What one step says in one language, with variables in double braces. Without HTML the text is dressed."""

    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(_("language"), max_length=5)
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("plain text"))
    html = models.TextField(_("HTML"), blank=True)

    class Meta:
        verbose_name = _("campaign text")
        verbose_name_plural = _("campaign texts")
        constraints = [
            models.UniqueConstraint(fields=["step", "language"], name="step_speaks_a_language_once")
        ]

    def __str__(self) -> str:
        return f"{self.language}: {self.subject}"


class Enrolment(models.Model):
    """One member on the way through one version, because of one activity.

    The activity is unique within the campaign, not only the version: an activity handed out again after
    the merchant changed the text must not bring a second mail.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="enrolments")
    version = models.ForeignKey(CampaignVersion, on_delete=models.PROTECT, related_name="enrolments")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="enrolments")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="enrolments")
    entry_no = models.PositiveIntegerField(_("time"), default=1)
    position = models.PositiveSmallIntegerField(_("next step"), default=0)
    due_at = models.DateTimeField(_("due"))
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        constraints = [
            models.UniqueConstraint(fields=["campaign", "activity"], name="activity_enrols_once"),
            models.UniqueConstraint(
                fields=["campaign", "member", "entry_no"], name="member_enters_by_number_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"], condition=Q(finished_at__isnull=True), name="enrolment_open_by_due"
            )
        ]

    def __str__(self) -> str:
        return str(self.id)
