"""The paths about who shares an account."""

from django.urls import path

from loyalty.api import households

urlpatterns = [
    path("members/<str:number>/household/", households.HouseholdView.as_view()),
    path("members/<str:number>/household/invitations/", households.InvitationsView.as_view()),
    path("members/<str:number>/household/leave/", households.LeaveHouseholdView.as_view()),
    path("invitations/<slug:code>/accept/", households.AcceptInvitationView.as_view()),
]
