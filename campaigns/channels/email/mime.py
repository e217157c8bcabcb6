"""A letter as the bytes of a mail: two alternatives, plain text and HTML (RFC 5322, RFC 2046).

The standard library's writer folds and encodes every header anew and costs more than the whole SMTP dialogue.
What is the same in most letters of a run is encoded once here, and the parts are quoted-printable, which every
server takes and which keeps lines of any length within the limit.
"""

from binascii import b2a_qp
from email.header import Header
from email.utils import formatdate, parseaddr
from functools import lru_cache
from uuid import uuid4

from django.core.mail import BadHeaderError
from django.core.mail.message import sanitize_address

from campaigns.queries.letters import Letter

END = "\r\n"
LONGEST_LINE = 998


def as_bytes(letter: Letter, *, sender: str) -> bytes:
    """Return the whole mail. Raise BadHeaderError where a value would break out of its header."""
    boundary = uuid4().hex
    headers = {
        "From": sender,
        "To": ascii_address(letter.to),
        "Subject": letter.subject,
        "Date": formatdate(localtime=True),
        **letter.headers,
        "MIME-Version": "1.0",
        "Content-Type": f'multipart/alternative; boundary="{boundary}"',
    }
    head = "".join(header_line(name, value) for name, value in headers.items())
    parts = part("plain", letter.text, boundary) + part("html", letter.html, boundary)
    return head.encode("ascii") + parts + f"{END}--{boundary}--{END}".encode("ascii")


def header_line(name: str, value: str) -> str:
    if "\r" in value or "\n" in value:
        raise BadHeaderError(f"A line break in {name}.")
    if not value.isascii() or len(name) + len(value) > LONGEST_LINE:
        value = encoded(name, value)
    return f"{name}: {value}{END}"


@lru_cache(maxsize=1024)
def encoded(name: str, value: str) -> str:
    """Return a header's value as encoded words (RFC 2047); an address keeps its address part as it is."""
    spoken, address = parseaddr(value) if name == "From" else (value, "")
    words = Header(spoken, "utf-8", header_name=name).encode(linesep=END)
    return f"{words} <{address}>" if address else words


@lru_cache(maxsize=1)
def envelope_sender(sender: str) -> str:
    return sanitize_address(parseaddr(sender)[1], "utf-8")


def ascii_address(address: str) -> str:
    """Return an address whose domain may be written in any letters as mail servers know it."""
    return address if address.isascii() else sanitize_address(address, "utf-8")


def part(kind: str, content: str, boundary: str) -> bytes:
    head = (
        f"{END}--{boundary}{END}"
        f'Content-Type: text/{kind}; charset="utf-8"{END}'
        f"Content-Transfer-Encoding: quoted-printable{END}{END}"
    )
    lines = END.join(content.splitlines()) + END
    return head.encode("ascii") + b2a_qp(lines.encode(), istext=True)
