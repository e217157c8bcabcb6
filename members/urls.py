from django.urls import path
from django.views.generic import RedirectView

from members import views

urlpatterns = [
    path("join/", views.JoinView.as_view(), name="join"),
    # The login pages' own way to sign up asks for none of what a member must be asked.
    path("accounts/signup/", RedirectView.as_view(pattern_name="join"), name="account_signup"),
    path("my/details/", views.details, name="details"),
    path("my/choices/", views.consents, name="consents"),
    path("my/close/", views.close_membership, name="close_membership"),
    path("my/erase/", views.erase_membership, name="erase_membership"),
    path("my/card.svg", views.card_qr, name="card_qr"),
    path("my/card-bars.svg", views.card_bars, name="card_bars"),
    path("language/", views.language, name="language"),
]
