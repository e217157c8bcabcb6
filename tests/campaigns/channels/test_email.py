from email import message_from_bytes, policy
from email.message import EmailMessage
from uuid import uuid4

import pytest
from django.core import mail
from django.core.mail import BadHeaderError
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from campaigns.channels import ChannelIsDown, NotKnown, PutOff, Refused, channels
from campaigns.channels.email import Email, mime, providers
from campaigns.queries import Letter
from tests.campaigns.sink import Sink, free_port

SENDER = "Källarens vinklubb <klubben@butiken.example>"


def letter(
    *, to: str = "anna@post.example", subject: str = "Hej", text: str = "Hej", html: str = "<p>Hej</p>"
) -> Letter:
    return Letter(uuid4(), to, subject, text, html, {"Message-ID": "<1@butiken.example>"})


def read(written: bytes) -> EmailMessage:
    return message_from_bytes(written, _class=EmailMessage, policy=policy.default)


def test_the_channel_is_known_by_its_key() -> None:
    assert channels["email"] is Email


def test_a_letter_is_written_as_two_alternatives_of_quoted_printable() -> None:
    written = mime.as_bytes(letter(subject="Bonuscheck på 150 kr"), sender=SENDER)
    parsed = read(written)
    assert (parsed["Subject"], parsed["From"]) == ("Bonuscheck på 150 kr", SENDER)
    assert (parsed["To"], parsed["Message-ID"]) == ("anna@post.example", "<1@butiken.example>")
    assert parsed.get_content_type() == "multipart/alternative"
    kinds = [(part.get_content_type(), part["Content-Transfer-Encoding"]) for part in parsed.iter_parts()]
    assert kinds == [("text/plain", "quoted-printable"), ("text/html", "quoted-printable")]
    assert written.isascii()
    assert max(len(line) for line in written.split(b"\r\n")) <= 998


ANY_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]) | st.just("\n"), max_size=3000)


@given(ANY_TEXT, ANY_TEXT)
def test_whatever_is_written_is_read_again(text: str, html: str) -> None:
    parsed = read(mime.as_bytes(letter(text=text, html=html), sender=SENDER))
    contents = [part.get_content().replace("\r\n", "\n") for part in parsed.iter_parts()]
    assert contents == ["\n".join(said.splitlines()) + "\n" for said in (text, html)]


def test_a_very_long_line_and_a_lone_dot_arrive_whole(sink: Sink) -> None:
    html = "<p>" + "å" * 5000 + "</p>"
    with Email().open() as session:
        session.hand_over(letter(text="ett\n.\ntvå", html=html))
    text_part, html_part = sink.mails[0].iter_parts()
    assert text_part.get_content().split() == ["ett", ".", "två"]
    assert html_part.get_content().strip() == html


@pytest.mark.parametrize("name", ["to", "subject"])
def test_no_value_can_start_a_header_of_its_own(name: str) -> None:
    with pytest.raises(BadHeaderError):
        mime.as_bytes(letter(**{name: "x\r\nBcc: y@z.example"}), sender=SENDER)


def test_a_letter_that_cannot_be_written_is_refused_alone(sink: Sink) -> None:
    with Email().open() as session:
        with pytest.raises(Refused) as refused:
            session.hand_over(letter(subject="x\nBcc: y@z.example"))
        session.hand_over(letter(to="bo@post.example"))
    assert not refused.value.is_address
    assert sink.recipients == ["bo@post.example"]


def test_a_domain_in_any_letters_is_written_as_servers_know_it(sink: Sink) -> None:
    with Email().open() as session:
        session.hand_over(letter(to="anna@räksmörgås.example"))
    assert sink.recipients == ["anna@xn--rksmrgs-5wao1o.example"]


def test_a_server_that_is_not_there_is_a_channel_that_is_down(settings: Settings, sink: Sink) -> None:
    settings.EMAIL_PORT = free_port()
    with pytest.raises(ChannelIsDown), Email().open():
        pass


def test_a_wrong_password_is_a_channel_that_is_down(settings: Settings, sink: Sink) -> None:
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "shop", "wrong"
    with pytest.raises(ChannelIsDown, match="SMTPNotSupportedError"), Email().open():
        pass


def test_any_other_backend_of_django_gets_the_same_letter() -> None:
    with Email().open() as session:
        session.hand_over(letter(subject="Hej på dig"))
    (sent,) = mail.outbox
    assert (sent.subject, sent.to, sent.extra_headers) == (
        "Hej på dig", ["anna@post.example"], {"Message-ID": "<1@butiken.example>"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        (401, ChannelIsDown),
        (403, ChannelIsDown),
        (429, PutOff),
        (503, PutOff),
        (500, NotKnown),
        (422, Refused),
    ],
)
def test_a_providers_answer_says_whether_the_letter_may_have_gone_out(
    status: int, meaning: type[Exception]
) -> None:
    assert type(providers.by_status(status, "answer")) is meaning


def test_a_provider_that_cannot_be_reached_is_a_channel_that_is_down(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    settings.ANYMAIL = {
        "POSTMARK_SERVER_TOKEN": "x",
        "POSTMARK_API_URL": f"http://127.0.0.1:{free_port()}/",
    }
    with Email().open() as session, pytest.raises(ChannelIsDown):
        session.hand_over(letter())
