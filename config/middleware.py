from typing import TYPE_CHECKING

from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseBase

# A browser ignores 'unsafe-inline' beside a nonce, so these lists replace those of the settings.
INLINE = [SELF, UNSAFE_INLINE]


class ContentSecurityMiddleware(CSPMiddleware):
    """The strict policy of the settings everywhere, but for two places whose pages are not ours to write."""

    def get_policy_parts(
        self, request: "HttpRequest", response: "HttpResponseBase", report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if request.path_info.startswith("/admin/"):
            # The console's own scripts evaluate expressions in its markup and set styles inline.
            parts.update = {"script-src": [UNSAFE_EVAL], **(parts.update or {})}
            parts.replace = {"style-src": INLINE, **(parts.replace or {})}
        elif request.path_info.startswith("/api/v1/docs/try/"):
            parts.replace = {"script-src": INLINE, "style-src": INLINE, **(parts.replace or {})}
        return parts
