"""What a member can get for what they have, and taking it; the club's tiers and where a member stands."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from loyalty import actions, queries
from loyalty.api.answers import AnswerSerializer, ChoiceSerializer, ReadingSerializer, VoucherSerializer
from loyalty.api.fields import MAX_ORE
from loyalty.engine.expansion import choice_key
from loyalty.engine.ladders import Tier, TierLadder
from loyalty.engine.objects import Reward
from loyalty.models import Voucher
from loyalty.queries import name_of, text_of
from loyalty.queries.menus import MenuReading, OptionReading, menus_of
from loyalty.queries.progress import Progress, TierReading, next_rewards
from loyalty.queries.standings import standing_of
from members.actions import NewUse
from members.api.action_view import ActionView
from members.api.idempotency import idempotent
from members.api.strict import StrictSerializer
from members.api.views import member_called
from members.models import ApiKey, Member


class RewardSerializer(AnswerSerializer):
    key = serializers.CharField()
    name = serializers.SerializerMethodField()
    text = serializers.SerializerMethodField()
    kind = serializers.CharField()
    value_ore = serializers.IntegerField(source="value", help_text=_("0 where it is said by what gives it."))
    percent = serializers.DecimalField(max_digits=5, decimal_places=2)
    min_basket_ore = serializers.IntegerField(source="min_basket")
    choices = serializers.SerializerMethodField()

    def get_name(self, reward: Reward) -> str:
        return name_of("rewards", reward.key)

    def get_text(self, reward: Reward) -> str:
        return text_of("rewards", reward.key)

    @extend_schema_field(ChoiceSerializer(many=True))
    def get_choices(self, reward: Reward) -> list[dict[str, str]]:
        keys = [key for key, _reward, _value in reward.choices]
        return [{"key": key, "name": name_of("rewards", choice_key(reward.key, key))} for key in keys]


class RewardsSerializer(AnswerSerializer):
    rewards = RewardSerializer(many=True)


class OptionSerializer(AnswerSerializer):
    option = serializers.CharField()
    name = serializers.SerializerMethodField()
    points = serializers.IntegerField(help_text=_("What it takes, in parts of the menu's meter."))
    value_ore = serializers.IntegerField()
    reward = serializers.CharField()
    missing = serializers.IntegerField()
    left = serializers.IntegerField(
        allow_null=True, help_text=_("How many there still are; null for no end.")
    )
    is_at_the_till = serializers.BooleanField(
        help_text=_("Used with an order, in its `uses`, and not by itself.")
    )
    can_be_taken = serializers.BooleanField(source="can_be_used")

    def get_name(self, option: OptionReading) -> str:
        return name_of("options", option.key)


class MenuSerializer(AnswerSerializer):
    menu = serializers.CharField(source="key")
    name = serializers.SerializerMethodField()
    meter = serializers.CharField()
    unit = serializers.IntegerField()
    available = serializers.IntegerField()
    missing = serializers.IntegerField()
    least = serializers.IntegerField(help_text=_("Of a free amount; 0 where there is none to choose."))
    step = serializers.IntegerField()
    step_ore = serializers.IntegerField()
    can_choose_freely = serializers.BooleanField()
    options = OptionSerializer(many=True)

    def get_name(self, menu: MenuReading) -> str:
        return name_of("menus", menu.key)


class ProgressSerializer(AnswerSerializer):
    conversion = serializers.CharField()
    name = serializers.SerializerMethodField()
    meter = serializers.CharField()
    unit = serializers.IntegerField()
    have = serializers.IntegerField()
    need = serializers.IntegerField()
    missing = serializers.IntegerField()
    reward = serializers.CharField()
    value_ore = serializers.IntegerField()
    run_date = serializers.DateField(
        source="run_day", allow_null=True, help_text=_("The day on which it is given; null for at once.")
    )
    is_on_demand = serializers.BooleanField(help_text=_("Taken by the member, and not given by itself."))

    def get_name(self, progress: Progress) -> str:
        return name_of("conversions", progress.conversion)


class MemberRewardsSerializer(AnswerSerializer):
    member = serializers.CharField()
    menus = MenuSerializer(many=True)
    next = ProgressSerializer(many=True)


class TakeSerializer(StrictSerializer):
    """An option of a menu, a free amount of a menu, or a conversion on demand."""

    menu = serializers.CharField(max_length=40, required=False)
    option = serializers.CharField(max_length=40, required=False)
    conversion = serializers.CharField(max_length=40, required=False)
    amount = serializers.IntegerField(
        min_value=1,
        max_value=MAX_ORE,
        required=False,
        help_text=_("In the smallest part of the meter; for a conversion left out for all that can be."),
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("menu" in attrs) == ("conversion" in attrs):
            raise serializers.ValidationError(_("Name a menu or a conversion."))
        return attrs


class TakenSerializer(AnswerSerializer):
    issued = VoucherSerializer(many=True)
    points = ReadingSerializer(many=True)


class TierOfLadderSerializer(AnswerSerializer):
    key = serializers.CharField()
    name = serializers.SerializerMethodField()
    text = serializers.SerializerMethodField()
    threshold = serializers.IntegerField(
        allow_null=True, help_text=_("What is earned in the window; null where only a condition leads to it.")
    )

    def get_name(self, tier: Tier) -> str:
        return name_of("tiers", tier.key)

    def get_text(self, tier: Tier) -> str:
        return text_of("tiers", tier.key)


class LadderSerializer(AnswerSerializer):
    ladder = serializers.CharField(source="key")
    name = serializers.SerializerMethodField()
    meter = serializers.CharField()
    tiers = TierOfLadderSerializer(many=True, help_text=_("The lowest first."))

    def get_name(self, ladder: TierLadder) -> str:
        return name_of("tier_ladders", ladder.key)


class LaddersSerializer(AnswerSerializer):
    ladders = LadderSerializer(many=True)


class StandingSerializer(AnswerSerializer):
    ladder = serializers.CharField()
    name = serializers.SerializerMethodField()
    tier = serializers.CharField(help_text=_("The key held; empty for none."))
    tier_name = serializers.SerializerMethodField()
    valid_to = serializers.DateTimeField(allow_null=True)
    meter = serializers.CharField()
    unit = serializers.IntegerField()
    earned = serializers.IntegerField(help_text=_("In the window that runs."))
    next_tier = serializers.CharField(help_text=_("Empty at the top."))
    missing = serializers.IntegerField()
    missing_to_keep = serializers.IntegerField(allow_null=True)
    is_by_condition = serializers.BooleanField(help_text=_("No amount alone leads to the next tier."))

    def get_name(self, standing: TierReading) -> str:
        return name_of("tier_ladders", standing.ladder)

    def get_tier_name(self, standing: TierReading) -> str:
        return name_of("tiers", standing.tier) if standing.tier else ""


class MemberTiersSerializer(AnswerSerializer):
    member = serializers.CharField()
    tiers = StandingSerializer(many=True)


class RewardsView(ActionView):
    scope = ApiKey.Scope.VOUCHERS

    @extend_schema(
        operation_id="rewards_list",
        summary=_("List what can be got"),
        description=_("Every reward of the rules in force."),
        responses=RewardsSerializer,
    )
    def get(self, request: Request) -> Response:
        self.asked(StrictSerializer)
        programme = queries.recent_timetable().latest(self.now)
        rewards = list(programme.rewards.values()) if programme else []
        return Response(self.shown(RewardsSerializer, {"rewards": rewards}))


class MemberRewardsView(ActionView):
    scope = ApiKey.Scope.VOUCHERS

    @extend_schema(
        operation_id="member_rewards_read",
        summary=_("Read what a member can get"),
        description=_(
            "The menus that points can be used from, with what each option takes and what is missing for it; "
            "and what comes next by itself."
        ),
        responses=MemberRewardsSerializer,
    )
    def get(self, request: Request, number: str) -> Response:
        self.asked(StrictSerializer)
        member = member_called(number)
        reading = standing_of(member.account_id, self.now)
        told = {
            "member": member.number,
            "menus": menus_of(reading) if reading else [],
            "next": next_rewards(reading) if reading else [],
        }
        return Response(self.shown(MemberRewardsSerializer, told))

    @extend_schema(
        operation_id="member_rewards_take",
        summary=_("Take something for a member's points"),
        description=_(
            "An option or an amount of a menu, or a conversion on demand. What is used with a purchase is named "
            "in the order's `uses` instead. Send an `Idempotency-Key`: without one, twice is two."
        ),
        request=TakeSerializer,
        responses={201: TakenSerializer},
    )
    @idempotent
    def post(self, request: Request, number: str) -> Response:
        member = member_called(number)
        told = {"issued": self._take(member), "points": queries.points(member.account_id, self.now)}
        return Response(self.shown(TakenSerializer, told), 201)

    def _take(self, member: Member) -> list[Voucher]:
        body = self.told(TakeSerializer)
        if "conversion" in body:
            return actions.convert_on_demand(
                account=member.account,
                conversion=body["conversion"],
                amount=body.get("amount"),
                now=self.now,
                actor=self.actor,
            )
        use = NewUse(menu=body["menu"], option=body.get("option", ""), amount=body.get("amount", 0))
        return actions.use_points(member=member, use=use, now=self.now, actor=self.actor)


class TiersView(ActionView):
    scope = ApiKey.Scope.POINTS

    @extend_schema(
        operation_id="tiers_list",
        summary=_("List the club's tiers"),
        description=_("Every ladder of the rules in force."),
        responses=LaddersSerializer,
    )
    def get(self, request: Request) -> Response:
        self.asked(StrictSerializer)
        programme = queries.recent_timetable().latest(self.now)
        return Response(
            self.shown(LaddersSerializer, {"ladders": list(programme.ladders) if programme else []})
        )


class MemberTiersView(ActionView):
    scope = ApiKey.Scope.POINTS

    @extend_schema(
        operation_id="member_tiers_read",
        summary=_("Read where a member stands"),
        description=_("On each ladder: the tier held and until when, and what is missing for the next."),
        responses=MemberTiersSerializer,
    )
    def get(self, request: Request, number: str) -> Response:
        self.asked(StrictSerializer)
        member = member_called(number)
        told = {"member": member.number, "tiers": queries.tiers(member.account, self.now)}
        return Response(self.shown(MemberTiersSerializer, told))
