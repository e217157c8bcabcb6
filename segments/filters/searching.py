"""What a picker finds when somebody types: goods, categories and stores by their names."""

from collections.abc import Iterator

from django.db.models import Q

from members.models import Category, Product, Store
from segments.filters import Choices

MOST = 20


def products(text: str) -> Choices:
    found = Product.objects.filter(_named(text) | Q(sku__istartswith=text)).order_by("name", "sku")
    return [(sku, f"{name} ({sku})") for sku, name in found.values_list("sku", "name")[:MOST]]


def categories(text: str) -> Choices:
    """By their paths; what stands below a category is among what it finds."""
    found = Category.objects.filter(_named(text) | Q(path__icontains=text)).order_by("path")
    return [(path, _told(name, path)) for path, name in found.values_list("path", "name")[:MOST]]


def areas(text: str) -> Choices:
    found = Category.objects.filter(_named(text) | Q(path__icontains=text), parent=None).order_by("path")
    return [(path, _told(name, path)) for path, name in found.values_list("path", "name")[:MOST]]


def brands(text: str) -> Choices:
    return [*_different(Product, "brand", text)]


def stores(text: str) -> Choices:
    found = Store.objects.filter(_named(text) | Q(code__istartswith=text)).order_by("name", "code")
    return [(code, _told(name, code)) for code, name in found.values_list("code", "name")[:MOST]]


def regions(text: str) -> Choices:
    return [*_different(Store, "region", text)]


def chains(text: str) -> Choices:
    return [*_different(Store, "chain", text)]


def countries(text: str) -> Choices:
    return [*_different(Store, "country", text)]


def _named(text: str, name: str = "name") -> Q:
    """In small letters and with a capital: SQLite knows the cases of a to z only."""
    return Q(**{f"{name}__icontains": text}) | Q(**{f"{name}__icontains": text.capitalize()})


def _told(name: str, code: str) -> str:
    return name if name == code else f"{name} ({code})"


def _different(model: type[Product] | type[Store], field: str, text: str) -> Iterator[tuple[str, str]]:
    found = model._default_manager.filter(_named(text, field)).exclude(**{field: ""})
    names = found.order_by(field).values_list(field, flat=True).distinct()[:MOST]
    return ((str(name), str(name)) for name in names)
