"""A Celery app of its own for the folder broker's tests: its tasks leave marks in a folder."""

import os
import time
from pathlib import Path

from celery import Celery

import config.celery  # noqa: F401 - makes the clubfs transport known

FOLDER = Path(os.environ["BROKER_TEST_FOLDER"])

app = Celery("broker_test", broker="clubfs://localhost//")
app.conf.update(
    broker_transport_options={"folder": str(FOLDER / "broker"), "polling_interval": 0.05},
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
