from django.urls import path

from loyalty.views import benefits, deeds, households, pages, receipts, shops, terms

urlpatterns = [
    path("", pages.home, name="home"),
    path("terms/", terms.terms, name="terms"),
    path("terms/<int:pk>/", terms.terms_of_version, name="terms_of"),
    path("my/", pages.my_page, name="my_page"),
    path("my/history/", pages.history, name="history"),
    path("my/receipts/", receipts.register_receipt, name="register_receipt"),
    path("my/pass.svg", pages.till_pass, name="till_pass"),
    path("my/data.json", pages.my_data, name="my_data"),
    path("my/checks/<uuid:pk>/qr.svg", pages.check_qr, name="check_qr"),
    path("my/checks/<uuid:pk>/bars.svg", pages.check_bars, name="check_bars"),
    path("my/checks/<uuid:pk>/claim/", deeds.claim, name="claim_check"),
    path("my/checks/<uuid:pk>/choose/", deeds.choose_benefit, name="choose_benefit"),
    path("my/checks/<uuid:pk>/give/", deeds.give, name="give_check"),
    path("my/offers/<slug:offer>/accept/", deeds.accept, name="accept_offer"),
    path("my/benefits/", benefits.benefits, name="benefits"),
    path("my/benefits/<slug:menu>/", deeds.use_freely, name="use_freely"),
    path("my/benefits/<slug:menu>/<slug:option>/", benefits.use_option, name="use_option"),
    path("my/benefits/<slug:menu>/<slug:option>/use/", deeds.use_option, name="use_points"),
    path("my/conversions/<slug:conversion>/size/", deeds.choose_size, name="choose_size"),
    path("my/conversions/<slug:conversion>/convert/", deeds.convert, name="convert"),
    path("my/perks/<slug:perk>/use/", deeds.use_perk, name="use_perk"),
    path("my/perks/<slug:perk>/book/", deeds.book, name="book_seats"),
    path("my/perks/<slug:perk>/unbook/", deeds.unbook, name="cancel_booking"),
    path("my/draws/<int:pk>/", benefits.draw_result, name="draw_result"),
    path("shops/<uuid:pk>/", shops.receive, name="shop_webhook"),
    path("my/household/", households.household, name="household"),
    path("my/household/code/", households.enter_code, name="enter_code"),
    path("my/household/leave/", households.move_out, name="move_out"),
    path("my/household/invitations/", households.invite, name="invite"),
    path(
        "my/household/invitations/<slug:code>/accept/", households.accept_invitation, name="accept_invitation"
    ),
    path(
        "my/household/invitations/<slug:code>/withdraw/",
        households.withdraw_invitation,
        name="withdraw_invitation",
    ),
    path("household/<slug:code>/", households.invitation, name="invitation"),
    path("my/household/<str:number>/spending/", deeds.let_spend, name="let_spend"),
]
