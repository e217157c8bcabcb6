from django.urls import path

from campaigns import views

urlpatterns = [
    # Without a slash at its end: a mail program's POST must never be redirected.
    path("u/<str:token>", views.unsubscribe, name="unsubscribe"),
    path("f/<uuid:message>/<str:signature>", views.follow, name="follow"),
    path("o/<uuid:message>/<str:signature>.gif", views.opened, name="opened"),
    path("t/<uuid:message>/<str:signature>", views.trap, name="trap"),
    path("mail/<slug:provider>/reports/", views.provider_reports, name="provider_reports"),
]
