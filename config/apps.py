from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WiringConfig(AppConfig):
    """The wiring: its commands and its system checks."""

    name = "config"
    verbose_name = _("Club")

    def ready(self) -> None:
        from config import checks  # noqa: F401 - importing registers the checks
