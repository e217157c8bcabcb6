"""A real HTTP server that takes webhooks, in whatever way a test wants it to behave."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from members import actions
from members.models import Member, Subscription
from tests.make import NOON, make_activity


@dataclass
class Heard:
    path: str
    headers: dict[str, str]
    body: str


@dataclass
class Receiver:
    """``status`` is what the next calls are answered with; ``headers`` go along."""

    port: int = 0
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    heard: list[Heard] = field(default_factory=list)
    drips: bool = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?shop=1"

    @property
    def ids(self) -> list[str]:
        return [one.headers["webhook-id"] for one in self.heard]


@contextmanager
def listening(port: int = 0) -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.heard.append(Heard(self.path, headers, body))
            if receiver.drips:
                self._drip()
                return
            self.send_response(receiver.status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.end_headers()

        def _drip(self) -> None:
            """A header that never ends, a byte at a time."""
            try:
                self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                while receiver.drips:
                    self.wfile.write(b"z")
                    self.wfile.flush()
                    time.sleep(0.05)
            except OSError:
                return

        def log_message(self, format: str, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.drips = False
        server.shutdown()
        server.server_close()
        thread.join()


def subscribe(url: str, *events: str, name: str = "The till") -> Subscription:
    return actions.subscribe(name=name, url=url, events=events, now=NOON, actor="test")


def happen(kind: str = "order.recorded", member: Member | None = None, **facts: object) -> None:
    """Something happens, and the stream hands it on."""
    make_activity(kind, member, facts)
    actions.deliver_activities(now=NOON)
