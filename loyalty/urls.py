from django.urls import path

from loyalty import views

urlpatterns = [
    path("", views.home, name="home"),
    path("my/", views.my_page, name="my_page"),
    path("my/history/", views.history, name="history"),
    path("my/data.json", views.my_data, name="my_data"),
    path("my/checks/<uuid:pk>/qr.svg", views.check_qr, name="check_qr"),
    path("my/checks/<uuid:pk>/bars.svg", views.check_bars, name="check_bars"),
]
