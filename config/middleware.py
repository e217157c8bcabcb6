from typing import TYPE_CHECKING

from csp.constants import UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseBase

# The console's own scripts evaluate the expressions of their markup and set styles inline.
CONSOLE_ALSO_ALLOWS = {"script-src": [UNSAFE_EVAL], "style-src": [UNSAFE_INLINE]}
# A browser ignores 'unsafe-inline' beside a nonce, so these pages get lists without one.
API_PAGES_ALLOW = {"script-src": ["'self'", UNSAFE_INLINE], "style-src": ["'self'", UNSAFE_INLINE]}


class ContentSecurityMiddleware(CSPMiddleware):
    """The strict policy of settings everywhere, and one exception each for the console and the API pages."""

    def get_policy_parts(
        self, request: "HttpRequest", response: "HttpResponseBase", report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if request.path_info.startswith("/admin/"):
            parts.replace = {"style-src": ["'self'", UNSAFE_INLINE], **(parts.replace or {})}
            parts.update = {"script-src": [UNSAFE_EVAL], **(parts.update or {})}
        elif request.path_info.startswith("/api/docs"):
            parts.replace = {**API_PAGES_ALLOW, **(parts.replace or {})}
        return parts
