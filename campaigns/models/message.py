"""The send ledger: one row per message, from the plan to its end, and how each channel fares."""

from django.db import models
from django.db.models import Q
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaign import Enrolment, Step
from members.models import Member
from members.models.ids import new_id


class Message(models.Model):
    """One message to one member. Each one planned ends as accepted, failed, unknown or skipped.

    `handing_over` is stored before the network is touched: a process that dies there leaves a message of
    which nobody can say whether it went out, and that one becomes `unknown`, never a second mail.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        CLAIMED = "claimed", _("being written")
        HANDING_OVER = "handing_over", _("being handed over")
        ACCEPTED = "accepted", _("accepted by the mail server")
        FAILED = "failed", _("failed")
        UNKNOWN = "unknown", _("not known whether it went out")
        SKIPPED = "skipped", _("not sent")

    class Reason(models.TextChoices):
        MEMBER_NOT_ACTIVE = "member_not_active", _("the member has left")
        NO_ADDRESS = "no_address", _("the member has no address")
        SUPPRESSED = "suppressed", _("the address is suppressed")
        NO_CONSENT = "no_consent", _("the member has not agreed, or has said no")
        VOUCHER_IS_OVER = "voucher_is_over", _("the check is used, lapsed or withdrawn")
        NO_TEXT = "no_text", _("the campaign has no text")
        ADDRESS_REFUSED = "address_refused", _("the address does not exist")
        REFUSED = "refused", _("the mail server refused it")
        GAVE_UP = "gave_up", _("the mail server put it off too many times")
        CUT_OFF = "cut_off", _("the sending was cut off before the answer came")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # Every index is written at every change of state, so only those that a question needs are kept.
    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="messages", db_index=False)
    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.PROTECT, related_name="messages", db_index=False
    )
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="messages", verbose_name=_("member")
    )
    entry_no = models.PositiveIntegerField(_("time"), default=1)
    occurrence = models.PositiveIntegerField(_("occurrence"), default=1)
    channel = models.CharField(_("channel"), max_length=10)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.PLANNED)
    reason = models.CharField(_("reason"), max_length=20, choices=Reason, blank=True)
    error = models.CharField(_("last answer"), max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("due"))
    claim = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    provider_id = models.CharField(_("number at the provider"), max_length=200, blank=True)
    planned_at = models.DateTimeField(_("planned"))
    claimed_at = models.DateTimeField(_("claimed"), null=True, blank=True)
    handed_over_at = models.DateTimeField(_("handed over"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    notes = models.JSONField(_("changed by staff"), default=list, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.UniqueConstraint(
                fields=["step", "member", "entry_no", "occurrence"], name="message_is_planned_once"
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["claimed", "handing_over"], claim__isnull=False, lease_until__isnull=False
                )
                | ~Q(state__in=["claimed", "handing_over"]),
                name="message_underway_is_leased",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["accepted", "failed", "unknown", "skipped"], ended_at__isnull=False)
                | Q(state__in=["planned", "claimed", "handing_over"], ended_at__isnull=True),
                name="message_ends_at_a_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["channel", "due_at", "id"], condition=Q(state="planned"), name="message_planned"
            ),
            models.Index(
                fields=["lease_until"],
                condition=Q(state__in=["claimed", "handing_over"]),
                name="message_underway",
            ),
            models.Index(
                fields=["state", "-ended_at"],
                condition=Q(state__in=["accepted", "failed", "unknown", "skipped"]),
                name="message_ended",
            ),
            models.Index(fields=["provider_id"], condition=~Q(provider_id=""), name="message_at_provider"),
        ]

    def __str__(self) -> str:
        return f"{localtime(self.planned_at):%Y-%m-%d %H:%M}"


class ChannelState(models.Model):
    """Since when a channel cannot be used, and when it is tried again. A healthy channel has no row."""

    channel = models.CharField(_("channel"), max_length=10, primary_key=True)
    error = models.CharField(_("last answer"), max_length=300)
    failing_since = models.DateTimeField(_("failing since"))
    retry_at = models.DateTimeField(_("tried again"))

    class Meta:
        verbose_name = _("failing channel")
        verbose_name_plural = _("failing channels")

    def __str__(self) -> str:
        return self.channel
