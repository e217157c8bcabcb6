from django.urls import path

from members.api import goods, views, webhooks

urlpatterns = [
    path("members/", views.MembersView.as_view(), name="api_members"),
    path("members/<str:number>/", views.MemberView.as_view(), name="api_member"),
    path("members/<str:number>/external-ids/", views.ExternalIdsView.as_view(), name="api_external_ids"),
    path("members/<str:number>/external-ids/<path:external_id>/", views.ExternalIdView.as_view()),
    path("members/<str:number>/consents/", views.ConsentsView.as_view(), name="api_consents"),
    path("categories/", goods.CategoriesView.as_view()),
    path("products/", goods.ProductsView.as_view()),
    path("webhooks/", webhooks.WebhooksView.as_view()),
    path("webhooks/<int:pk>/", webhooks.OneWebhookView.as_view()),
    path("webhooks/<int:pk>/rotate-secret/", webhooks.RotateView.as_view()),
    path("webhooks/<int:pk>/test/", webhooks.TryView.as_view()),
    path("webhooks/<int:pk>/messages/", webhooks.MessagesView.as_view()),
    path("webhooks/<int:pk>/messages/<uuid:message>/replay/", webhooks.ReplayView.as_view()),
]
