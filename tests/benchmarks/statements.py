"""Counts the statements of one recorded order: ``python -m tests.benchmarks.statements API_KEY``."""

import json
import os
import sys
from datetime import UTC, datetime

import django
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


def main(api_key: str) -> None:
    client = Client(headers={"Authorization": f"Bearer {api_key}"})
    for number in ("first", "second"):
        body = {
            "number": number,
            "placed_at": datetime.now(UTC).isoformat(),
            "member": {"number": "0000000001"},
            "lines": [{"ref": str(ref), "quantity": 1, "gross_ore": 30_000} for ref in (1, 2, 3)],
        }
        with CaptureQueriesContext(connection) as statements:
            answer = client.post(
                "/api/v1/orders/",
                data=json.dumps(body),
                content_type="application/json",
                headers={"Host": "127.0.0.1", "X-Forwarded-Proto": "https"},
            )
        if answer.status_code != 201:
            raise SystemExit(f"{answer.status_code}: {answer.content.decode()}")
    sys.stdout.write(f"{len(statements)}\n")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    main(sys.argv[1])
