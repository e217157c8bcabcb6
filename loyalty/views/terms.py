"""The terms of membership: open to everybody, and read back from the rules themselves."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from loyalty import queries
from loyalty.queries.terms import terms_at, terms_of


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """The terms in force, and what is decided to change."""
    return render(request, "loyalty/terms.html", {"terms": terms_at(timezone.now())})


@require_safe
def terms_of_version(request: HttpRequest, pk: int) -> HttpResponse:
    """Those of an earlier or a coming version."""
    versions = list(queries.published_versions().order_by("valid_from"))
    version = next((one for one in versions if one.pk == pk), None)
    if version is None:
        raise Http404
    return render(request, "loyalty/terms.html", {"terms": terms_of(version, versions)})
