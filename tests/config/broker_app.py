"""A Celery app of its own for the brokers' tests: its tasks leave marks in a folder."""

import os
import time
from pathlib import Path

from celery import Celery

import config.celery  # noqa: F401 - makes the clubfs transport known

FOLDER = Path(os.environ["BROKER_TEST_FOLDER"])

URL = os.environ["BROKER_TEST_URL"]

app = Celery("broker_test", broker=URL)
if URL.startswith("clubfs:"):
    app.conf.broker_transport_options = {"folder": str(FOLDER / "broker"), "polling_interval": 0.05}
app.conf.update(
    task_default_queue=FOLDER.name,  # nobody else's worker listens to it
    task_ignore_result=True,
    task_acks_late=True,
    broker_connection_retry_on_startup=True,
)


@app.task
def note(number: int) -> None:
    """Add one line to the file of what was done."""
    with (FOLDER / "done").open("a") as file:
        file.write(f"{number}\n")


@app.task
def wait_and_note(number: int) -> None:
    (FOLDER / f"begun-{number}").touch()
    while not (FOLDER / "go").exists():
        time.sleep(0.05)
    note(number)
