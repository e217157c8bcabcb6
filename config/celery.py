"""The distributed engine: `celery --app config worker`, and one `celery --app config beat`."""

import os

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

TRANSPORT_ALIASES["clubfs"] = "config.fsbroker:Transport"

app = Celery("stamkund")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
