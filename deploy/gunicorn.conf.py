"""How gunicorn serves the club. Threads suit it: a request mostly waits for the database."""

import os
from typing import Any

from prometheus_client import multiprocess

bind = "0.0.0.0:8000"
worker_class = "gthread"
threads = 8
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
timeout = 60
graceful_timeout = 30
# A worker that leaks would be renewed; the jitter keeps them from all being renewed at once.
max_requests = 10_000
max_requests_jitter = 1_000


def child_exit(server: Any, worker: Any) -> None:
    """Take the numbers of a worker that has ended out of /metrics/."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        multiprocess.mark_process_dead(worker.pid)
