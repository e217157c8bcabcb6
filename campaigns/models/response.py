"""What became of a message at the other end."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.models.message import Message
from members.models import Member
from members.models.ids import new_id


class Response(models.Model):
    """A message was opened, or a link in it was clicked: by a person, or by a machine that looks before they do."""

    class Kind(models.TextChoices):
        OPEN = "open", _("opened")
        CLICK = "click", _("clicked")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="responses", db_index=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", verbose_name=_("member"))
    kind = models.CharField(_("what"), max_length=5, choices=Kind)
    link = models.CharField(_("link"), max_length=400, blank=True)
    link_group = models.CharField(_("group of links"), max_length=40, blank=True)
    is_human = models.BooleanField(_("by a person"))
    agent = models.CharField(_("program"), max_length=200, blank=True)
    occurred_at = models.DateTimeField(_("happened"))
    recorded_at = models.DateTimeField(_("recorded"))

    class Meta:
        verbose_name = _("response to a message")
        verbose_name_plural = _("responses to messages")
        constraints = [
            models.UniqueConstraint(
                fields=["message", "kind", "link", "occurred_at"], name="response_is_told_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["kind", "occurred_at", "member"],
                condition=Q(is_human=True),
                name="response_of_people_by_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.occurred_at:%Y-%m-%d %H:%M}"
