"""One signed call to an address that somebody else has chosen, so it is trusted with nothing.

HTTPS only; the name is resolved once, every address it has must be a public one, and the connection goes to
the address that was checked; no redirect is followed and no answer is read. ``WEBHOOKS_MAY_BE_LOCAL`` lets a
developer's own machine be called.
"""

import base64
import binascii
import hashlib
import hmac
import http.client
import ipaddress
import socket
import ssl
from collections.abc import Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from threading import Timer
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from members.actions.errors import UnableTo

# The specification asks for 15 to 30 seconds.
SECONDS_TO_ANSWER = 15
PREFIX = "whsec_"


class UnableToCall(UnableTo):
    """``url_is_not_valid``, ``url_is_not_https``, ``host_is_not_known``, ``address_is_not_public``."""


@dataclass(frozen=True, slots=True)
class Call:
    """What is sent, ready signed; ``url`` as the subscription had it."""

    url: str
    webhook_id: str
    body: str
    secrets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """``status`` is None where nobody answered; then ``error`` says why. ``retry_after`` is in seconds."""

    status: int | None
    error: str = ""
    retry_after: int | None = None

    @property
    def is_taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def signature_of(call: Call, at: datetime) -> str:
    """The ``webhook-signature`` header: one signature for each secret."""
    signed = f"{call.webhook_id}.{int(at.timestamp())}.{call.body}".encode()
    return " ".join(_signature(signed, secret) for secret in call.secrets)


def _signature(signed: bytes, secret: str) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def make_call(call: Call, at: datetime) -> Answer:
    """Send it once, and never take longer than ``SECONDS_TO_ANSWER``, however slowly the answer drips."""
    try:
        target = checked_url(call.url)
        address = public_address(target)
        return _post(target, address, call, at)
    except UnableToCall as error:
        return Answer(None, error.key)
    except (OSError, http.client.HTTPException, binascii.Error) as error:
        return Answer(None, type(error).__name__)


def checked_url(url: str) -> SplitResult:
    """The parts of an address that may be called. Raises ``UnableToCall``."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise UnableToCall("url_is_not_valid") from None
    if not parts.hostname or port == 0 or parts.username is not None or parts.password is not None:
        raise UnableToCall("url_is_not_valid")
    if any(sign <= " " or sign == "\x7f" for sign in url) or not url.isascii():
        raise UnableToCall("url_is_not_valid")
    if parts.scheme != "https" and not (parts.scheme == "http" and settings.WEBHOOKS_MAY_BE_LOCAL):
        raise UnableToCall("url_is_not_https")
    return parts


def public_address(target: SplitResult) -> str:
    """The first address of the host, once all of them have been found public. Raises ``UnableToCall``."""
    try:
        found = socket.getaddrinfo(target.hostname, _port(target), type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise UnableToCall("host_is_not_known") from None
    addresses = [str(one[4][0]) for one in found]
    if not addresses:
        raise UnableToCall("host_is_not_known")
    if not settings.WEBHOOKS_MAY_BE_LOCAL and not all(map(is_public, addresses)):
        raise UnableToCall("address_is_not_public")
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether it is an address of the open internet, and no IPv4 address in an IPv6 coat that is not."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    inner = _inner(ip) if isinstance(ip, ipaddress.IPv6Address) else []
    return all(one.is_global and not one.is_multicast for one in (ip, *inner))


def _inner(ip: ipaddress.IPv6Address) -> Iterable[ipaddress.IPv4Address]:
    """The IPv4 addresses that packets to an IPv6 address may end at: mapped, 6to4, Teredo and NAT64."""
    found = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
    if ip in ipaddress.ip_network("64:ff9b::/96"):
        found.append(ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF))
    return [one for one in found if one is not None]


def _post(target: SplitResult, address: str, call: Call, at: datetime) -> Answer:
    path = (target.path or "/") + (f"?{target.query}" if target.query else "")
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Stamkund",
        "webhook-id": call.webhook_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signature_of(call, at),
    }
    with closing(Pinned(target, address)) as connection:
        connection.request("POST", path, call.body.encode(), headers)
        answer = connection.getresponse()
        if connection.is_cut:
            raise TimeoutError
        return Answer(answer.status, retry_after=_seconds(answer.getheader("Retry-After")))


class Pinned(http.client.HTTPConnection):
    """Connects to an address that was checked, whatever the name means by now, and hangs up in time.

    Each wait for a byte has a limit; the timer limits all of them together.
    """

    def __init__(self, target: SplitResult, address: str) -> None:
        self.default_port = 443 if target.scheme == "https" else 80
        super().__init__(target.hostname or "", _port(target), timeout=SECONDS_TO_ANSWER)
        self._address = address
        self._is_secure = target.scheme == "https"
        self._deadline: Timer | None = None
        self.is_cut = False

    def connect(self) -> None:
        sock = socket.create_connection((self._address, self.port), SECONDS_TO_ANSWER)
        if self._is_secure:
            context = ssl.create_default_context()
            sock = context.wrap_socket(sock, server_hostname=self.host, do_handshake_on_connect=False)
        self.sock = sock
        self._deadline = Timer(SECONDS_TO_ANSWER, self._hang_up, [sock])
        self._deadline.daemon = True
        self._deadline.start()
        if isinstance(sock, ssl.SSLSocket):
            sock.do_handshake()

    def _hang_up(self, sock: socket.socket) -> None:
        self.is_cut = True
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        super().close()


def _port(target: SplitResult) -> int:
    return target.port or (443 if target.scheme == "https" else 80)


def _seconds(header: str | None) -> int | None:
    """``Retry-After`` in seconds; one that names a time is not understood, and is as none."""
    return (
        min(int(header), 24 * 3600)
        if header and header.isascii() and header.isdigit() and len(header) < 9
        else None
    )
