"""A real SMTP server on this machine that keeps what it is given, and says no where it is told to."""

import socket
from asyncio import Transport
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Sink:
    """`mails` were accepted. Answers other than yes are scripted by recipient, and used up one by one."""

    port: int
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    at_sender: list[str] = field(default_factory=list)
    at_recipient: dict[str, list[str]] = field(default_factory=dict)
    at_text: dict[str, list[str]] = field(default_factory=dict)
    hangs_up_at_recipient: set[str] = field(default_factory=set)
    hangs_up_after_text: set[str] = field(default_factory=set)
    connections: int = 0

    def mail_to(self, address: str) -> EmailMessage:
        (mail,) = [mail for mail in self.mails if mail["To"] == address]
        return mail

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, answers: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return answers

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.at_sender:
            return self.at_sender.pop(0)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.hangs_up_at_recipient:
            self.hangs_up_at_recipient.remove(address)
            hang_up(server)
        if self.at_recipient.get(address):
            return self.at_recipient[address].pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        (address,) = envelope.rcpt_tos
        if self.at_text.get(address):
            return self.at_text[address].pop(0)
        content = envelope.original_content or b""
        self.mails.append(message_from_bytes(content, _class=EmailMessage, policy=policy.default))
        self.recipients.append(address)
        if address in self.hangs_up_after_text:
            self.hangs_up_after_text.remove(address)
            hang_up(server)
        return "250 OK"


def hang_up(server: SMTP) -> None:
    assert isinstance(server.transport, Transport)
    server.transport.abort()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running_sink(port: int = 0) -> Iterator[Sink]:
    sink = Sink(port or free_port())
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()
