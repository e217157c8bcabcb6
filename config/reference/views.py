"""The guide, the log of changes, and the button that makes the sandbox as new."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.http import require_POST, require_safe

from config.reference import sandbox
from config.reference.examples import written
from members.api.sentences import sentences
from members.models import ApiKey
from members.models.access import SCOPES_OF

QUICKSTART = Path(__file__).with_name("quickstart")


@dataclass(frozen=True, slots=True)
class Start:
    """The same first steps in one language."""

    name: str

    @property
    def text(self) -> str:
        return (QUICKSTART / f"{self.name.lower()}.txt").read_text()


STARTS = (Start("curl"), Start("Python"), Start("PHP"), Start("JavaScript"))


@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    page = {
        "starts": STARTS,
        "examples": written(),
        "bundles": [(bundle.value, ", ".join(scopes)) for bundle, scopes in SCOPES_OF.items()],
        "scopes": ApiKey.Scope.values,
        "problems": sorted(sentences.items()),
        "calls_per_minute": settings.API_CALLS_PER_MINUTE,
        "sandbox_key": sandbox.key() if settings.IS_SANDBOX else "",
        "snippet": request.build_absolute_uri(static("checkout.js")),
        "address": request.build_absolute_uri("/api/v1/"),
    }
    return render(request, "reference/guide.html", page)


@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    return render(request, "reference/changes.html")


@require_POST
def reset_sandbox(request: HttpRequest) -> HttpResponse:
    """In a club of a shop there is no such address."""
    if not settings.IS_SANDBOX:
        raise Http404
    sandbox.reset()
    messages.success(request, "The sandbox is as new. Its key is the same.")
    return redirect("api_docs")
