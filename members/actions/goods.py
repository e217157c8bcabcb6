"""The shop's products and categories, as the shop itself keeps them: told in batches, taken in as they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from members.actions.errors import UnableToTakeIn
from members.models import Category, Product

LONGEST_PATH = 400


@dataclass(frozen=True, kw_only=True, slots=True)
class NewCategory:
    """``parent`` is the code of another category, empty for one at the root."""

    code: str
    name: str
    parent: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class NewProduct:
    """``category`` is a code, empty for none."""

    sku: str
    name: str
    category: str = ""
    brand: str = ""
    flags: tuple[str, ...] = ()


# made, changed or unchanged; or why not.
Taken = str | UnableToTakeIn


@transaction.atomic
def take_in_products(*, products: Sequence[NewProduct]) -> list[Taken]:
    """Make the products that are new and change the others; answers each in its place.

    The last of several with one article number holds. A category that is not there refuses its product alone.
    """
    numbers = {one.sku for one in products}
    known = {
        row.sku: row for row in Product.objects.filter(sku__in=numbers).order_by("pk").select_for_update()
    }
    codes = {one.category for one in products if one.category}
    categories = {row.code: row for row in Category.objects.filter(code__in=codes)}
    wanted: dict[str, Product] = {}
    answers: list[Taken] = []
    for one in products:
        if one.category and one.category not in categories:
            answers.append(UnableToTakeIn("category_not_found", category=one.category))
            continue
        row = _product(one, categories.get(one.category))
        before = wanted.get(one.sku) or known.get(one.sku)
        answers.append(_change(before, row))
        wanted[one.sku] = row
    # In the order of their keys, so that two batches never wait for each other.
    Product.objects.bulk_create(
        [wanted[sku] for sku in sorted(wanted)],
        update_conflicts=True,
        unique_fields=["sku"],
        update_fields=["name", "category", "brand", "flags"],
    )
    return answers


def _product(new: NewProduct, category: Category | None) -> Product:
    return Product(
        sku=new.sku, name=new.name, category=category, brand=new.brand, flags=sorted(set(new.flags))
    )


@transaction.atomic
def take_in_categories(*, categories: Sequence[NewCategory]) -> list[Taken]:
    """Make the categories that are new and rename the others; answers each in its place.

    A parent may come in the same batch, before its children. Where a category stands is settled when it is
    made, for orders and rules name its path.
    """
    codes = {one.code for one in categories} | {one.parent for one in categories if one.parent}
    rows = Category.objects.filter(code__in=codes).select_related("parent").order_by("pk")
    known = {row.code: row for row in rows.select_for_update(of=("self",))}
    answers: list[Taken] = []
    renamed: dict[str, Category] = {}
    for one in categories:
        try:
            answers.append(_take_in_category(one, known, renamed))
        except UnableToTakeIn as refusal:
            answers.append(refusal)
    Category.objects.bulk_update(renamed.values(), ["name"])
    return answers


def _take_in_category(new: NewCategory, known: dict[str, Category], renamed: dict[str, Category]) -> str:
    row = known.get(new.code)
    if row is None:
        known[new.code] = _made(new, known)
        return "made"
    if (row.parent.code if row.parent else "") != new.parent:
        raise UnableToTakeIn("category_stands_elsewhere", category=new.code, path=row.path)
    if row.name == new.name:
        return "unchanged"
    row.name = new.name
    renamed[new.code] = row
    return "changed"


def _made(new: NewCategory, known: Mapping[str, Category]) -> Category:
    parent = known.get(new.parent)
    if new.parent and parent is None:
        raise UnableToTakeIn("category_not_found", category=new.parent)
    path = f"{parent.path}/{new.code}" if parent else new.code
    if len(path) > LONGEST_PATH:
        raise UnableToTakeIn("category_is_too_deep", category=new.code)
    return Category.objects.create(code=new.code, name=new.name, parent=parent, path=path)


def _change(before: Product | None, after: Product) -> str:
    if before is None:
        return "made"
    is_same = all(
        getattr(before, name) == getattr(after, name) for name in ("name", "category_id", "brand", "flags")
    )
    return "unchanged" if is_same else "changed"
