"""What this API is told about members, and what it answers."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from members.actions import ConsentAnswer
from members.api.pages import PageQuery
from members.api.strict import StrictSerializer
from members.models import Consent, Member, Store

MOST_CONSENTS = 20


class ConsentTold(StrictSerializer):
    """One yes or no."""

    purpose = serializers.ChoiceField(choices=Consent.Purpose.choices)
    channel = serializers.ChoiceField(choices=Consent.Channel.choices, default=Consent.Channel.ANY)
    is_given = serializers.BooleanField()
    wording = serializers.CharField(
        max_length=40, help_text=_("The version of the text that the member answered.")
    )


class ConsentRecorded(ConsentTold):
    origin = serializers.CharField(
        max_length=60, default="api", help_text=_("Where it was answered, as in checkout.")
    )


class ParticularsTold(StrictSerializer):
    """What may be changed about a member. A field left out stays as it is."""

    email = serializers.EmailField(max_length=254, required=False, allow_blank=True)
    phone = serializers.CharField(
        max_length=40,
        required=False,
        allow_blank=True,
        help_text=_("Without a country code it belongs to the club's own country."),
    )
    first_name = serializers.CharField(max_length=80, required=False, allow_blank=True)
    last_name = serializers.CharField(max_length=80, required=False, allow_blank=True)
    birth_date = serializers.DateField(required=False, allow_null=True)
    street = serializers.CharField(max_length=120, required=False, allow_blank=True)
    postal_code = serializers.CharField(max_length=12, required=False, allow_blank=True)
    city = serializers.CharField(max_length=80, required=False, allow_blank=True)
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False)
    home_store = serializers.CharField(
        max_length=40, required=False, allow_null=True, help_text=_("The store's code.")
    )

    def validate_home_store(self, code: str | None) -> Store | None:
        if code is None:
            return None
        store = Store.objects.filter(code=code).first()
        if store is None:
            raise serializers.ValidationError(_("There is no store with this code."))
        return store


class JoiningTold(ParticularsTold):
    """Somebody who joins. One of e-mail, phone and external id is needed."""

    external_id = serializers.CharField(
        max_length=120, required=False, help_text=_("What your own system calls the member.")
    )
    consents = serializers.ListField(child=ConsentTold(), required=False, max_length=MOST_CONSENTS)
    origin = serializers.CharField(
        max_length=60, default="api", help_text=_("Where they joined, as in checkout.")
    )

    def validate_consents(self, consents: list[dict[str, Any]]) -> list[ConsentAnswer]:
        return [ConsentAnswer(**consent) for consent in consents]


class MemberQuery(PageQuery):
    """Members to whom all of this applies; everybody when nothing is asked."""

    email = serializers.CharField(max_length=254, required=False)
    phone = serializers.CharField(max_length=40, required=False)
    external_id = serializers.CharField(max_length=120, required=False)
    source = serializers.CharField(  # type: ignore[assignment]
        max_length=40, required=False, help_text=_("Of the external id; your own when left out.")
    )


class ExternalIdTold(StrictSerializer):
    external_id = serializers.CharField(max_length=120, help_text=_("What your own system calls the member."))


class ExternalIdAnswer(serializers.Serializer[Any]):
    source = serializers.CharField()  # type: ignore[assignment]
    external_id = serializers.CharField()


class MemberAnswer(serializers.Serializer[Member]):
    number = serializers.CharField()
    state = serializers.ChoiceField(choices=Member.State.choices)
    email = serializers.CharField()
    phone = serializers.CharField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    birth_date = serializers.DateField(allow_null=True)
    street = serializers.CharField()
    postal_code = serializers.CharField()
    city = serializers.CharField()
    language = serializers.CharField()
    home_store = serializers.CharField(source="home_store.code", default=None, allow_null=True)
    joined_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    external_ids = ExternalIdAnswer(source="identities", many=True)


class MemberPage(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = MemberAnswer(many=True)


class ConsentAnswered(serializers.Serializer[Consent]):
    """One answer that a member gave. The newest of a purpose and channel is what holds."""

    purpose = serializers.ChoiceField(choices=Consent.Purpose.choices)
    channel = serializers.ChoiceField(choices=Consent.Channel.choices)
    is_given = serializers.BooleanField()
    wording = serializers.CharField()
    origin = serializers.CharField()
    given_at = serializers.DateTimeField()


class ConsentPage(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = ConsentAnswered(many=True)
