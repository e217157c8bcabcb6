from importlib import import_module
from pkgutil import iter_modules

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CampaignsConfig(AppConfig):
    """What we say and ask."""

    name = "campaigns"
    verbose_name = _("Campaigns")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from campaigns import channels, filters, reactions, steps  # noqa: F401 - importing registers the reactions
        from campaigns.queries import dependants  # noqa: F401 - and what depends on segments

        for package in (channels, filters, steps):
            for module in iter_modules(package.__path__, f"{package.__name__}."):
                import_module(module.name)
