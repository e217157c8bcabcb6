"""The paths of this floor below /api/v1/."""

from django.urls import path

from segments.api import views

urlpatterns = [
    path("segment-language/", views.LanguageView.as_view()),
    path("segments/", views.SegmentsView.as_view()),
    path("segments/preview/", views.PreviewView.as_view()),
    path("segments/<slug:key>/", views.OneSegmentView.as_view()),
    path("segments/<slug:key>/count/", views.CountView.as_view()),
    path("segments/<slug:key>/members/", views.MembersView.as_view()),
    path("segments/<slug:key>/why/", views.WhyView.as_view()),
]
