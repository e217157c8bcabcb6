from django.urls import path

from members.api import views

urlpatterns = [
    path("members/", views.MembersView.as_view(), name="api_members"),
    path("members/<str:number>/", views.MemberView.as_view(), name="api_member"),
    path("members/<str:number>/external-ids/", views.ExternalIdsView.as_view(), name="api_external_ids"),
    path("members/<str:number>/external-ids/<path:external_id>/", views.ExternalIdView.as_view()),
    path("members/<str:number>/consents/", views.ConsentsView.as_view(), name="api_consents"),
]
