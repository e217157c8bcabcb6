"""What a picker finds when somebody types: goods, categories, stores and segments by their names."""

from collections.abc import Collection, Iterator, Mapping

from django.db.models import Q

from members.models import Category, Product, Store
from segments.filters import Choices, Search
from segments.models import Segment

MOST = 20


def _products(text: str) -> Choices:
    found = Product.objects.filter(_named(text) | Q(sku__istartswith=text)).order_by("name", "sku")
    return [(sku, _told(name, sku)) for sku, name in found.values_list("sku", "name")[:MOST]]


def _names_of_products(keys: Collection[str]) -> Mapping[str, str]:
    found = Product.objects.filter(sku__in=keys).values_list("sku", "name")
    return {sku: _told(name, sku) for sku, name in found}


def _names_of_categories(keys: Collection[str]) -> Mapping[str, str]:
    found = Category.objects.filter(path__in=keys).values_list("path", "name")
    return {path: _told(name, path) for path, name in found}


def _names_of_stores(keys: Collection[str]) -> Mapping[str, str]:
    found = Store.objects.filter(code__in=keys).values_list("code", "name")
    return {code: _told(name, code) for code, name in found}


def _categories(text: str) -> Choices:
    """By their paths; what stands below a category is among what it finds."""
    found = Category.objects.filter(_named(text) | Q(path__icontains=text)).order_by("path")
    return [(path, _told(name, path)) for path, name in found.values_list("path", "name")[:MOST]]


def _areas(text: str) -> Choices:
    found = Category.objects.filter(_named(text) | Q(path__icontains=text), parent=None).order_by("path")
    return [(path, _told(name, path)) for path, name in found.values_list("path", "name")[:MOST]]


def _brands(text: str) -> Choices:
    return [*_different(Product, "brand", text)]


def _stores(text: str) -> Choices:
    found = Store.objects.filter(_named(text) | Q(code__istartswith=text)).order_by("name", "code")
    return [(code, _told(name, code)) for code, name in found.values_list("code", "name")[:MOST]]


def _segments(text: str) -> Choices:
    found = Segment.objects.filter(_named(text) | Q(key__istartswith=text)).order_by("name", "key")
    return [*found.values_list("key", "name")[:MOST]]


def _names_of_segments(keys: Collection[str]) -> Mapping[str, str]:
    return dict(Segment.objects.filter(key__in=keys).values_list("key", "name"))


def _regions(text: str) -> Choices:
    return [*_different(Store, "region", text)]


def _chains(text: str) -> Choices:
    return [*_different(Store, "chain", text)]


def _countries(text: str) -> Choices:
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


products = Search(_products, _names_of_products)
categories = Search(_categories, _names_of_categories)
areas = Search(_areas, _names_of_categories)
stores = Search(_stores, _names_of_stores)
segments = Search(_segments, _names_of_segments)
# What goods and stores are marked with is its own name.
brands = Search(_brands)
regions = Search(_regions)
chains = Search(_chains)
countries = Search(_countries)
