"""Products and categories, told in batches."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from members import actions
from members.actions import NewCategory, NewProduct, UnableTo
from members.api.action_view import ActionView
from members.api.idempotency import idempotent
from members.api.pages import PageQuery
from members.api.rows import RowProblem, problem_of_row
from members.api.strict import StrictSerializer
from members.models import ApiKey, Category, Product

MOST = 1_000
CODE = r"^[^/\s]+$"


class CategoryTold(StrictSerializer):
    code = serializers.RegexField(CODE, max_length=60)
    name = serializers.CharField(max_length=120)
    parent = serializers.RegexField(  # type: ignore[assignment]
        CODE, max_length=60, required=False, help_text=_("The parent's code; left out at the root.")
    )


class CategoriesTold(StrictSerializer):
    categories = serializers.ListField(child=CategoryTold(), allow_empty=False, max_length=MOST)


class ProductTold(StrictSerializer):
    sku = serializers.CharField(max_length=80)
    name = serializers.CharField(max_length=200)
    category = serializers.CharField(
        max_length=60, required=False, help_text=_("The category's code; left out for none.")
    )
    brand = serializers.CharField(max_length=80, default="", allow_blank=True)
    flags = serializers.ListField(child=serializers.CharField(max_length=40), max_length=20, default=list)


class ProductsTold(StrictSerializer):
    products = serializers.ListField(child=ProductTold(), allow_empty=False, max_length=MOST)


class TakenInRow(serializers.Serializer[Any]):
    key = serializers.CharField(help_text=_("The article number or the category's code."))
    result = serializers.ChoiceField(choices=("made", "changed", "unchanged", "refused"))
    problem = RowProblem(allow_null=True)


class TakenInAnswer(serializers.Serializer[Any]):
    made = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    refused = serializers.IntegerField()
    results = TakenInRow(many=True, help_text=_("In the order in which they were sent."))


class CategoryAnswer(serializers.Serializer[Category]):
    code = serializers.CharField()
    name = serializers.CharField()
    parent = serializers.CharField(  # type: ignore[assignment]
        source="parent.code", default=None, allow_null=True
    )
    path = serializers.CharField()


class CategoryPage(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = CategoryAnswer(many=True)


class CategoryQuery(PageQuery):
    parent = serializers.CharField(  # type: ignore[assignment]
        max_length=60, required=False, help_text=_("The parent's code.")
    )


class ProductAnswer(serializers.Serializer[Product]):
    sku = serializers.CharField()
    name = serializers.CharField()
    category = serializers.CharField(source="category.code", default=None, allow_null=True)
    brand = serializers.CharField()
    flags = serializers.ListField(child=serializers.CharField())


class ProductPage(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = ProductAnswer(many=True)


class ProductQuery(PageQuery):
    sku = serializers.CharField(max_length=80, required=False)
    category = serializers.CharField(max_length=60, required=False, help_text=_("The category's code."))
    brand = serializers.CharField(max_length=80, required=False)


class GoodsView(ActionView):
    scope: ClassVar[ApiKey.Scope] = ApiKey.Scope.GOODS

    def taken_in(self, keys: Sequence[str], take_in: Callable[[], Sequence[str | UnableTo]]) -> Response:
        rows = [
            {"key": key, "result": "refused", "problem": problem_of_row(taken)}
            if isinstance(taken, UnableTo)
            else {"key": key, "result": taken, "problem": None}
            for key, taken in zip(keys, take_in(), strict=True)
        ]
        counts = {
            result: sum(row["result"] == result for row in rows)
            for result in ("made", "changed", "unchanged", "refused")
        }
        return Response(self.shown(TakenInAnswer, {**counts, "results": rows}))


class CategoriesView(GoodsView):
    @extend_schema(
        operation_id="categories_list",
        summary=_("List the categories"),
        parameters=[CategoryQuery],
        responses=CategoryPage,
    )
    def get(self, request: Request) -> Response:
        asked = self.asked(CategoryQuery)
        rows = Category.objects.select_related("parent")
        if "parent" in asked:
            rows = rows.filter(parent__code=asked["parent"])
        return self.page(rows, CategoryAnswer, ordering="path")

    @extend_schema(
        operation_id="categories_take_in",
        summary=_("Send categories, up to 1,000 at a time"),
        description=_(
            "Those that are new are made, the others renamed, and each is answered by itself. Send a parent "
            "before its children; where a category stands cannot be changed, for orders name its path."
        ),
        request=CategoriesTold,
        responses=TakenInAnswer,
    )
    @idempotent
    def post(self, request: Request) -> Response:
        new = [NewCategory(**one) for one in self.told(CategoriesTold)["categories"]]
        return self.taken_in([one.code for one in new], lambda: actions.take_in_categories(categories=new))


class ProductsView(GoodsView):
    @extend_schema(
        operation_id="products_list",
        summary=_("List the products"),
        parameters=[ProductQuery],
        responses=ProductPage,
    )
    def get(self, request: Request) -> Response:
        asked = self.asked(ProductQuery)
        if "category" in asked:
            asked["category__code"] = asked.pop("category")
        rows = Product.objects.select_related("category").filter(**asked)
        return self.page(rows, ProductAnswer, ordering="sku")

    @extend_schema(
        operation_id="products_take_in",
        summary=_("Send products, up to 1,000 at a time"),
        description=_(
            "Those that are new are made, the others become what you send, and each is answered by itself."
        ),
        request=ProductsTold,
        responses=TakenInAnswer,
    )
    @idempotent
    def post(self, request: Request) -> Response:
        told = self.told(ProductsTold)["products"]
        new = [NewProduct(**{**one, "flags": tuple(one["flags"])}) for one in told]
        return self.taken_in([one.sku for one in new], lambda: actions.take_in_products(products=new))
