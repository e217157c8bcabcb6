"""What a quote answers."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from loyalty.api.answers import AmountSerializer, AnswerSerializer, BecauseSerializer
from loyalty.queries import name_of
from loyalty.queries.quotes import IssueQuote, Quote


class VoucherQuoteSerializer(AnswerSerializer):
    code = serializers.CharField()
    is_usable = serializers.BooleanField()
    discount_ore = serializers.IntegerField()
    lost_ore = serializers.IntegerField()
    because = BecauseSerializer()


class IssueQuoteSerializer(AnswerSerializer):
    reward = serializers.CharField()
    name = serializers.SerializerMethodField()
    kind = serializers.CharField()
    value_ore = serializers.IntegerField()
    because = BecauseSerializer()

    def get_name(self, issued: IssueQuote) -> str:
        return name_of("rewards", issued.reward)


class UseQuoteSerializer(AnswerSerializer):
    """As an order takes it in its ``uses``."""

    menu = serializers.CharField()
    amount = serializers.IntegerField()
    value_ore = serializers.IntegerField()


class ProposalSerializer(AnswerSerializer):
    """The vouchers and the points to use, in this order: least is lost, and what ends first goes first.

    ``kept`` are vouchers of which something would be lost. A reservation holds all of it for the order.
    """

    vouchers = VoucherQuoteSerializer(many=True)
    kept = VoucherQuoteSerializer(many=True)
    uses = UseQuoteSerializer(many=True)
    payable_ore = serializers.IntegerField()


class QuoteAnswerSerializer(AnswerSerializer):
    """What the cart comes to. A guest earns nothing; ``would_earn`` is what a new member would get."""

    gross_ore = serializers.IntegerField()
    discount_ore = serializers.IntegerField()
    voucher_ore = serializers.IntegerField()
    payable_ore = serializers.IntegerField()
    vouchers = VoucherQuoteSerializer(many=True)
    earned = serializers.SerializerMethodField()
    because = BecauseSerializer(many=True)
    issued = IssueQuoteSerializer(many=True)
    would_earn = serializers.SerializerMethodField()
    proposal = ProposalSerializer(allow_null=True)

    @extend_schema_field(AmountSerializer(many=True))
    def get_earned(self, quote: Quote) -> Any:
        return AmountSerializer(list(quote.earned.items()), many=True).data

    @extend_schema_field(AmountSerializer(many=True))
    def get_would_earn(self, quote: Quote) -> Any:
        return AmountSerializer(list(quote.would_earn.items()), many=True).data
