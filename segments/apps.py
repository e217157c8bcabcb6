from importlib import import_module
from pkgutil import iter_modules

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SegmentsConfig(AppConfig):
    """Whom we mean."""

    name = "segments"
    verbose_name = _("Segments")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from segments import filters, reactions  # noqa: F401 - importing registers the reactions

        for module in iter_modules(filters.__path__, f"{filters.__name__}."):
            import_module(module.name)
