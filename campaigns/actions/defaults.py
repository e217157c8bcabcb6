"""The two campaigns that every club starts with, in its three languages; the merchant rewrites them at will."""

from datetime import datetime

from django.db import transaction

from campaigns.actions.campaigns import activate_campaign, create_campaign
from campaigns.engine.text import Wording
from campaigns.models import Campaign
from campaigns.queries import Plan

WELCOME = {
    "sv": Wording(
        "Välkommen till {{club_name}}",
        "{{greeting}}\n\n"
        "Vad roligt att du är med! Uppge din e-postadress eller visa ditt medlemsnummer "
        "{{member_number}} när du handlar, så räknas köpet med.\n\n"
        "På din sida ser du vad du har samlat ihop och vad det räcker till:\n{{member_page}}\n\n"
        "Vi ses!\n{{club_name}}",
    ),
    "en": Wording(
        "Welcome to {{club_name}}",
        "{{greeting}}\n\n"
        "Good to have you with us! Give your e-mail address or show your member number "
        "{{member_number}} when you shop, and your purchase counts.\n\n"
        "On your page you can see what you have collected and what it is good for:\n{{member_page}}\n\n"
        "See you soon!\n{{club_name}}",
    ),
    "nb": Wording(
        "Velkommen til {{club_name}}",
        "{{greeting}}\n\n"
        "Så hyggelig at du er med! Oppgi e-postadressen din eller vis medlemsnummeret "
        "{{member_number}} når du handler, så teller kjøpet med.\n\n"
        "På siden din ser du hva du har samlet og hva det rekker til:\n{{member_page}}\n\n"
        "Vi sees!\n{{club_name}}",
    ),
}

BONUS_CHECK = {
    "sv": Wording(
        "Du har fått en bonuscheck på {{voucher_value}}",
        "{{greeting}}\n\n"
        "Dina köp har gett dig en bonuscheck på {{voucher_value}}.\n\n"
        "Kod: {{voucher_code}}\nSista dag: {{last_day}}\n\n"
        "Uppge koden i kassan, i butik eller på nätet. Alla dina checkar finns på din sida:\n"
        "{{member_page}}\n\n"
        "Tack för att du handlar hos oss!\n{{club_name}}",
    ),
    "en": Wording(
        "You have a bonus check worth {{voucher_value}}",
        "{{greeting}}\n\n"
        "Your purchases have earned you a bonus check worth {{voucher_value}}.\n\n"
        "Code: {{voucher_code}}\nLast day: {{last_day}}\n\n"
        "Give the code at the checkout, in the shop or online. All your checks are on your page:\n"
        "{{member_page}}\n\n"
        "Thank you for shopping with us!\n{{club_name}}",
    ),
    "nb": Wording(
        "Du har fått en bonussjekk på {{voucher_value}}",
        "{{greeting}}\n\n"
        "Kjøpene dine har gitt deg en bonussjekk på {{voucher_value}}.\n\n"
        "Kode: {{voucher_code}}\nSiste dag: {{last_day}}\n\n"
        "Oppgi koden i kassen, i butikk eller på nett. Alle sjekkene dine finner du på siden din:\n"
        "{{member_page}}\n\n"
        "Takk for at du handler hos oss!\n{{club_name}}",
    ),
}

DEFAULTS = (
    ("welcome", "Välkomstmejl", "member.joined", WELCOME),
    ("bonus-check", "Bonuscheck utfärdad", "voucher.issued", BONUS_CHECK),
)


@transaction.atomic
def ensure_default_campaigns(*, now: datetime) -> list[Campaign]:
    """Make the welcome and the bonus check mail, running, where they are missing; return the new ones."""
    known = set(Campaign.objects.values_list("key", flat=True))
    return [
        start_default(key, name, trigger, texts, now)
        for key, name, trigger, texts in DEFAULTS
        if key not in known
    ]


def start_default(key: str, name: str, trigger: str, texts: dict[str, Wording], now: datetime) -> Campaign:
    campaign = create_campaign(
        key=key, name=name, trigger=trigger, plan=Plan(texts=texts), actor="setup", now=now
    )
    activate_campaign(campaign=campaign, now=now)
    return campaign
