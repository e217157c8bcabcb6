"""The least that takes the same call: an API key looked up, a body checked, everything written in one statement.

A Django of its own in one file, served as ``tests.benchmarks.floor:application``. It has no rules, no tiers,
no vouchers and no repeats; whatever the club is slower by is the price of those, or waste.
"""

import hashlib
import json
import os
import re
from datetime import timedelta
from hmac import compare_digest
from pathlib import Path
from typing import Any

import environ
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import path

settings.configure(
    SECRET_KEY=os.environ["SECRET_KEY"],
    ALLOWED_HOSTS=["127.0.0.1"],
    DATABASES={
        "default": {**environ.Env.db_url_config(os.environ["DATABASE_URL"]), "CONN_MAX_AGE": None},
    },
    INSTALLED_APPS=["rest_framework"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": [],
        "DEFAULT_PERMISSION_CLASSES": [],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
        "UNAUTHENTICATED_USER": None,
    },
)
application = get_wsgi_application()

# Only now: they read the settings while they are imported.
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402
from rest_framework import serializers  # noqa: E402
from rest_framework.exceptions import NotAuthenticated  # noqa: E402
from rest_framework.request import Request  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402

RECORD_ORDER = re.sub(
    r":(lines|member|number)\b", r"%(\1)s", (Path(__file__).parent / "sql" / "record_order.sql").read_text()
)


READ_POINTS = """
    SELECT balance.meter, balance.amount FROM members_member AS member
    JOIN loyalty_balance AS balance ON balance.account_id = member.account_id
    WHERE member.number = %s
"""


class LineSerializer(serializers.Serializer[Any]):
    ref = serializers.CharField(max_length=64)
    quantity = serializers.DecimalField(max_digits=12, decimal_places=3)
    gross_ore = serializers.IntegerField(min_value=0)
    sku = serializers.CharField(max_length=80)
    name = serializers.CharField(max_length=200)
    category = serializers.CharField(max_length=400)


class MemberSerializer(serializers.Serializer[Any]):
    number = serializers.CharField(max_length=20)


class CartSerializer(serializers.Serializer[Any]):
    member = MemberSerializer()
    lines = LineSerializer(many=True)


class OrderSerializer(serializers.Serializer[Any]):
    number = serializers.CharField(max_length=64)
    placed_at = serializers.DateTimeField()
    member = MemberSerializer()
    lines = LineSerializer(many=True)


class OrdersView(APIView):
    def post(self, request: Request) -> Response:
        check_key(request.headers["Authorization"].removeprefix("Bearer "))
        order = OrderSerializer(data=request.data)
        order.is_valid(raise_exception=True)
        return Response(record(order.validated_data), status=201)


class QuotesView(APIView):
    def post(self, request: Request) -> Response:
        check_key(request.headers["Authorization"].removeprefix("Bearer "))
        cart = CartSerializer(data=request.data)
        cart.is_valid(raise_exception=True)
        told = cart.validated_data
        payable = sum(line["gross_ore"] for line in told["lines"])
        return Response({"payable_ore": payable, "points": read_points(told["member"]["number"])})


class PointsView(APIView):
    def get(self, request: Request, number: str) -> Response:
        check_key(request.headers["Authorization"].removeprefix("Bearer "))
        return Response({"points": read_points(number)})


def read_points(number: str) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(READ_POINTS, [number])
        return [{"meter": meter, "balance": amount} for meter, amount in cursor.fetchall()]


def check_key(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT digest FROM members_apikey WHERE prefix = %s", [text.split("_")[1]])
        row = cursor.fetchone()
    if row is None or not compare_digest(row[0], hashlib.sha256(text.encode()).hexdigest()):
        raise NotAuthenticated


def record(order: dict[str, Any]) -> dict[str, Any]:
    if order["placed_at"] > timezone.now() + timedelta(days=1):
        raise serializers.ValidationError("The time lies in the future.")
    lines = json.dumps(order["lines"], default=str)
    values = {"lines": lines, "member": order["member"]["number"], "number": order["number"]}
    with connection.cursor() as cursor:
        cursor.execute(RECORD_ORDER, values)
        order_id, points, balance, because = cursor.fetchone()
    return {
        "id": order_id,
        "number": order["number"],
        "earned": [{"meter": "points", "amount": points}],
        "because": because,
        "points": [{"meter": "points", "balance": balance}],
    }


urlpatterns = [
    path("api/v1/orders/", OrdersView.as_view()),
    path("api/v1/quotes/", QuotesView.as_view()),
    path("api/v1/members/<str:number>/points/", PointsView.as_view()),
]
