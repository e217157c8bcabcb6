"""What the ready-made programmes are called where staff choose one."""

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as later

WORDS = {
    "closed_sale": later("Closed sale and evening for the best members"),
    "cumulative_discount": later("A discount that grows with what was bought"),
    "dsw": later("DSW: points, three tiers by a year's shoes"),
    "duvan": later("Duvan: a point a krona, a bonus check each quarter"),
    "espresso_house": later("Espresso House: a stamp card and a card with a discount"),
    "kiwi_pluss": later("KIWI PLUSS: bonus in money, households, a daily draw"),
    "lush": later("Lush: charity products that fill a fund"),
    "oriflame_referral": later("Oriflame: points for inviting a friend"),
    "oriflame_wallet": later("Oriflame: a wallet that pays up to half"),
    "oriflame_welcome": later("Oriflame: three welcome gifts in a row"),
    "returning_offer": later("An offer to members who come often"),
    "s_gruppen": later("S-gruppen: bonus on a household's month"),
    "skymiles": later("SkyMiles: miles to spend and status by the year"),
    "staged_start": later("A start in a few stores first"),
    "starbucks": later("Starbucks: Stars, Green and Gold"),
    "walgreens": later("Walgreens: points for purchases and healthy habits"),
}


def preset_words(key: str) -> str:
    return gettext(WORDS[key]) if key in WORDS else key.replace("_", " ").capitalize()
