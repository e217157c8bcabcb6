"""How far the import of a file has come, and what of the file needs a human eye."""

from django.db import models
from django.db.models import Q
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _


class ImportJob(models.Model):
    """One run through one file. What a batch wrote and ``line`` change in the same transaction."""

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        FINISHED = "finished", _("finished")

    file_name = models.CharField(_("file"), max_length=255)
    digest = models.CharField(max_length=64, editable=False)
    source = models.CharField(_("source"), max_length=40)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.RUNNING)
    line = models.PositiveBigIntegerField(_("lines read"), default=0)
    members = models.PositiveIntegerField(_("new members"), default=0)
    orders = models.PositiveIntegerField(_("new orders"), default=0)
    returns = models.PositiveIntegerField(_("new returns"), default=0)
    known = models.PositiveIntegerField(_("known before"), default=0)
    actor = models.CharField(_("by"), max_length=80)
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        constraints = [
            models.UniqueConstraint(
                fields=["digest", "source"],
                condition=Q(state="running"),
                name="file_is_imported_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state="running") | Q(finished_at__isnull=False),
                name="finished_import_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} {localtime(self.started_at):%Y-%m-%d %H:%M}"


class ImportNote(models.Model):
    """One line that was not taken in, or a return line that found no order line to belong to."""

    class Kind(models.TextChoices):
        REJECTED = "rejected", _("rejected")
        PARKED = "parked", _("parked")

    job = models.ForeignKey(
        ImportJob, on_delete=models.CASCADE, related_name="notes", verbose_name=_("import")
    )
    line = models.PositiveBigIntegerField(_("line"))
    number = models.CharField(_("number"), max_length=64, blank=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.REJECTED)
    reason = models.CharField(_("reason"), max_length=60)
    facts = models.JSONField(_("facts"), default=dict)

    class Meta:
        verbose_name = _("line for a human eye")
        verbose_name_plural = _("lines for a human eye")
        indexes = [models.Index(fields=["job", "line"], name="import_note_by_line")]

    def __str__(self) -> str:
        return str(_("line %(line)s") % {"line": self.line})
