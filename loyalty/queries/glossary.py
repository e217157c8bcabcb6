"""What people call the marks, events and figures that shops share; anything else is called as it is written."""

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as later

# What of a purchase is counted in money.
MONEY = ("paid", "before_vouchers", "net", "list")
FLAGS = {
    "gift_card": later("gift cards"),
    "event_ticket": later("event tickets"),
    "shipping": later("shipping"),
    "reduced": later("reduced goods"),
    "subscription": later("subscriptions"),
    "invoiced": later("invoiced purchases"),
    "contract_price": later("goods at a contract price"),
    "fuel": later("fuel"),
    "tobacco": later("tobacco"),
    "alcohol": later("alcohol"),
    "gambling": later("gambling"),
    "tax": later("taxes"),
    "basic": later("basic fares"),
    "basic_economy": later("basic economy fares"),
    "prescription": later("prescriptions"),
    "immunisation": later("immunisations"),
    "health_service": later("health services"),
    "phone_card": later("phone cards"),
    "stamp": later("stamps"),
    "donation": later("donations"),
    "own_cup": later("drinks in an own cup"),
    "menu": later("menus"),
    "offer": later("goods on offer"),
}
CHANNELS = {
    "shop": later("the shop"),
    "store": later("the stores"),
    "web": later("the webshop"),
    "app": later("the app"),
    "phone": later("the phone"),
    "email": later("e-mail"),
    "sms": later("text message"),
    "post": later("post"),
}
PAYMENTS = {
    "card": later("card"),
    "cash": later("cash"),
    "invoice": later("invoice"),
    "gift_card": later("gift card"),
    "prepaid_card": later("prepaid card"),
    "registered_card": later("registered card"),
    "coffee_card": later("coffee card"),
}
ATTRIBUTES = {
    "litres": later("litre"),
    "nights": later("night"),
    "points": later("point"),
    "miles": later("mile"),
    "kilograms": later("kilogram"),
    "steps": later("step"),
}
PURPOSES = {"marketing": later("marketing"), "profiling": later("personal offers")}
COUNTRIES = {
    "SE": later("Sweden"),
    "NO": later("Norway"),
    "DK": later("Denmark"),
    "FI": later("Finland"),
}
CURRENCIES = {
    "SEK": later("krona"),
    "NOK": later("Norwegian krone"),
    "DKK": later("Danish krone"),
    "EUR": later("euro"),
    "USD": later("dollar"),
    "GBP": later("pound"),
}
WEEKDAYS = {
    "monday": later("Monday"),
    "tuesday": later("Tuesday"),
    "wednesday": later("Wednesday"),
    "thursday": later("Thursday"),
    "friday": later("Friday"),
    "saturday": later("Saturday"),
    "sunday": later("Sunday"),
}
# What happens, as what one gets something for.
EVENTS = {
    "purchase": later("a purchase"),
    "join": later("joining the club"),
    "profile": later("a complete profile"),
    "birthday": later("a birthday"),
    "birthday_month": later("the month of a birthday"),
    "anniversary": later("every year as a member"),
    "first_purchase": later("the first purchase"),
    "referral_joined": later("a friend who joins"),
    "referral_ordered": later("the first purchase of an invited friend"),
    "review": later("a review"),
    "survey": later("an answered survey"),
    "visit": later("a visit"),
    "login": later("logging in"),
    "donation": later("a donation"),
    "walk": later("a walk"),
    "shoe_donation": later("donated shoes"),
    "share_payment": later("a payment of the share"),
    "return": later("a return"),
}
# The same, as what a member has done.
DONE = {
    "purchase": later("shopped"),
    "join": later("joined the club"),
    "profile": later("completed their profile"),
    "birthday": later("had a birthday"),
    "birthday_month": later("begun the month of their birthday"),
    "anniversary": later("completed a year as a member"),
    "first_purchase": later("made a first purchase"),
    "referral_joined": later("invited a friend who joined"),
    "referral_ordered": later("invited a friend who shopped"),
    "review": later("written a review"),
    "survey": later("answered a survey"),
    "visit": later("visited us"),
    "login": later("logged in"),
    "donation": later("made a donation"),
    "return": later("returned goods"),
}


def called(word: str, words: dict[str, str]) -> str:
    """``word`` as people say it: from ``words``, or else as it is written, with spaces."""
    return gettext(words[word]) if word in words else word.replace("_", " ")
