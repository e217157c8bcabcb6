"""Where webshops send their webhooks: checked, kept and answered at once; the work comes later."""

import re
from collections.abc import Mapping
from uuid import UUID

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from loyalty import actions
from loyalty.connectors.webhooks import delivery_of, is_signed, webhooks
from loyalty.models import ShopConnection
from loyalty.tasks import work_deliveries
from members.tasks import nudge

# What WooCommerce sends, unsigned, when a webhook is saved: it is kept only if this is answered with 200.
PING = re.compile(rb"webhook_id=\d{1,20}")


@csrf_exempt
@require_POST
def receive(request: HttpRequest, pk: UUID) -> JsonResponse:
    """Open to everybody who knows the address; believed is only what the shop's secret has signed."""
    shop = ShopConnection.objects.filter(pk=pk, is_active=True).first()
    if shop is None or shop.kind not in webhooks:
        return answer(404, "No shop is connected at this address.")
    try:
        body = request.body
    except RequestDataTooBig:
        return answer(413, "The body is too large.")
    if PING.fullmatch(body):
        return answer(200, "The address is right.")
    return take(shop, request.headers, body)


def take(shop: ShopConnection, headers: Mapping[str, str], body: bytes) -> JsonResponse:
    """Keep what is signed, and have it worked soon."""
    now = timezone.now()
    signature = headers.get(webhooks[shop.kind].headers.signature, "")
    if not is_signed(body, signature, shop.secrets_at(now)):
        actions.note_wrong_signature(shop=shop, now=now)
        return answer(
            401, "The signature is not this shop's. Is the secret in the club the same as in the shop?"
        )
    if actions.receive_delivery(shop=shop, new=delivery_of(shop, headers, body), now=now):
        nudge(work_deliveries)
        return answer(200, "Received.")
    return answer(200, "Received before.")


def answer(status: int, detail: str) -> JsonResponse:
    return JsonResponse({"detail": detail}, status=status)
