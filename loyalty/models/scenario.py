"""What a programme must always come to: a rehearsal that was right, kept."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedScenario(models.Model):
    """A scenario file with what is expected; every version of ``programme`` is played against it when published."""

    programme = models.SlugField(_("programme"), max_length=40)
    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("text"))
    saved_by = models.CharField(_("saved by"), max_length=80)
    saved_at = models.DateTimeField(_("saved"))

    class Meta:
        verbose_name = _("saved scenario")
        verbose_name_plural = _("saved scenarios")
        constraints = [
            models.UniqueConstraint(fields=["programme", "title"], name="scenario_title_is_used_once")
        ]

    def __str__(self) -> str:
        return self.title
