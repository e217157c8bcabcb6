"""PostgreSQL as Django speaks to it, but that a connection's health costs no round trip."""

from select import select
from typing import Any

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Before each request Django asks ``SELECT 1`` whether the connection lives.

    A server that ends a connection says so, which lies unread in the socket. Where nothing does, nobody needs to ask.
    """

    connection: Any
    health_check_enabled: bool
    health_check_done: bool

    def close_if_health_check_failed(self) -> None:
        if self.connection is not None and not self.health_check_done and self._is_silent():
            self.health_check_done = True
        super().close_if_health_check_failed()

    def _is_silent(self) -> bool:
        if self.connection.closed:
            return False
        readable, _writable, _failed = select([self.connection.fileno()], [], [], 0)
        return not readable
