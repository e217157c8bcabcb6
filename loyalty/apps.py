from importlib import import_module
from pkgutil import iter_modules

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LoyaltyConfig(AppConfig):
    """What they get."""

    name = "loyalty"
    verbose_name = _("Points and checks")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from loyalty import filters, reactions  # noqa: F401 - importing registers the reactions
        from loyalty.queries import dependants  # noqa: F401 - and what depends on segments

        for module in iter_modules(filters.__path__, f"{filters.__name__}."):
            import_module(module.name)
        from loyalty.connectors import (  # noqa: F401 - and the shops
            shopify_history,
            shopify_webhooks,
            woocommerce_history,
            woocommerce_webhooks,
        )
