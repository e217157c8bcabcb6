"""The paths of this floor below /api/v1/."""

from django.urls import include, path

from loyalty.api import (
    acts,
    benefits,
    checkout,
    doubles,
    orders,
    points,
    reservations,
    returns,
    till,
    vouchers,
)

urlpatterns = [
    path("members/<str:number>/merge/", doubles.MergeView.as_view()),
    path("members/<str:number>/points/", points.PointsView.as_view()),
    path("members/<str:number>/entries/", points.EntriesView.as_view()),
    # The same below the points, for those who look for it there; the description names one address.
    path("members/<str:number>/points/entries/", points.EntriesView.as_view(schema=None)),
    path("members/<str:number>/points/adjustments/", points.AdjustmentsView.as_view()),
    path("members/<str:number>/rewards/", benefits.MemberRewardsView.as_view()),
    path("members/<str:number>/tiers/", benefits.MemberTiersView.as_view()),
    path("rewards/", benefits.RewardsView.as_view()),
    path("tiers/", benefits.TiersView.as_view()),
    path("members/<str:number>/vouchers/", points.VouchersView.as_view()),
    path("", include("loyalty.api.household_urls")),
    path("browser-tokens/", checkout.BrowserTokensView.as_view()),
    path("quotes/", orders.QuotesView.as_view()),
    path("orders/", orders.OrdersView.as_view()),
    path("orders/<uuid:pk>/", orders.OrderView.as_view()),
    path("orders/<uuid:pk>/returns/", returns.OrderReturnsView.as_view()),
    path("orders/<uuid:pk>/cancel/", orders.CancelOrderView.as_view()),
    path("orders/<uuid:pk>/claim/", orders.ClaimOrderView.as_view()),
    path("activities/batch/", acts.ActivityBatchView.as_view()),
    path("activities/", acts.ActivitiesView.as_view()),
    path("reservations/", reservations.ReservationsView.as_view()),
    path("reservations/release/", reservations.ReleaseReservationView.as_view()),
    path("returns/", returns.ReturnsView.as_view()),
    path("till/keys/", till.TillKeysView.as_view()),
    path("till/scan/", till.TillScanView.as_view()),
    path("till/uses/", till.TillUsesView.as_view()),
    path("vouchers/<slug:code>/", vouchers.VoucherView.as_view()),
    path("vouchers/<slug:code>/choose/", vouchers.ChooseBenefitView.as_view()),
    path("vouchers/<slug:code>/reserve/", vouchers.ReserveVoucherView.as_view()),
    path("vouchers/<slug:code>/release/", vouchers.ReleaseVoucherView.as_view()),
    path("vouchers/<slug:code>/redeem/", vouchers.RedeemVoucherView.as_view()),
]
