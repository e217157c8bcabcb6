"""Where everything answers. An app's urls join here by name, in one line each."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from config.figures import figures
from config.reference.views import changes, guide, reset_sandbox
from config.theme import theme
from config.views import health, metrics
from loyalty.api.checkout import CheckoutView
from members.api.action_view import NoSuchAddress

# Staff log in through the same door as members: its limits and second factors hold for the console too.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

# Tills come first: every address that stands before theirs is tried for each of their calls.
urlpatterns = [
    path("api/v1/", include("loyalty.api.urls")),
    path("api/v1/", include("members.api.urls")),
    path("api/v1/", include("segments.api.urls")),
    path("api/v1/schema/", SpectacularAPIView.as_view(), name="api_schema"),
    path("api/v1/docs/", guide, name="api_docs"),
    path("api/v1/docs/changes/", changes, name="api_changes"),
    path("api/v1/docs/reset/", reset_sandbox, name="api_sandbox_reset"),
    path("api/v1/docs/try/", SpectacularSwaggerView.as_view(url_name="api_schema"), name="api_try"),
    # After every address of the API.
    re_path(r"^api/", NoSuchAddress.as_view()),
    path("admin/figures/", admin.site.admin_view(figures), name="club_figures"),
    path("admin/", admin.site.urls),
    # Before the login pages' own addresses: joining is ours.
    path("", include("members.urls")),
    path("", include("loyalty.urls")),
    path("theme.css", theme, name="theme"),
    path("accounts/", include("allauth.urls")),
    path("language/", include("django.conf.urls.i18n")),
    path("checkout/", CheckoutView.as_view(), name="checkout"),
    path("", include("campaigns.urls")),
    path("health/", health, name="health"),
    path("metrics/", metrics, name="metrics"),
]
