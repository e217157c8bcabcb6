"""From a merchant's text to a letter: compiled once per campaign and language, filled in once per member."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parseaddr
from functools import cached_property, lru_cache
from urllib.parse import quote
from uuid import UUID, uuid4

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import override

from campaigns.engine.links import Link, followed, without_groups
from campaigns.engine.text import (
    Compiled,
    Mistake,
    Wording,
    compile_text,
    for_html,
    for_text,
    mistakes,
    text_as_html,
)
from campaigns.models import CampaignText, CampaignVersion, Step
from campaigns.queries.content import Trigger, example_values
from campaigns.queries.following import values_to_follow

LINK = "{{unsubscribe_link}}"
# The picture tells that a letter was opened; the link that nobody sees is followed by machines alone.
WATCHED = (
    '<a href="{{unseen_trap}}" style="display:none" tabindex="-1" aria-hidden="true"></a>'
    '<img src="{{open_picture}}" width="1" height="1" alt="">'
)


@dataclass(frozen=True)
class Letter:
    """What a channel hands over. `headers` are those that this one letter needs beside the usual."""

    id: UUID
    to: str
    subject: str
    text: str
    html: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class LetterForm:
    """A wording in the club's dress, ready to be filled in."""

    subject: Compiled
    text: Compiled
    html: Compiled
    page: str

    @cached_property
    def followed(self) -> tuple[Compiled, Mapping[str, Link]]:
        """The HTML for who has agreed to be measured, and the links whose addresses stand in it as variables."""
        found = followed(self.page, WATCHED)
        return compile_text(found.html), found.links

    @cached_property
    def names(self) -> frozenset[str]:
        """The variables that a member's values must hold."""
        parts = (self.subject, self.text, self.html)
        return frozenset(name for part in parts for name in part.pieces[1::2])

    def fill(self, values: Mapping[str, str]) -> Wording:
        plain = for_text(values)
        return Wording(
            subject=self.subject.fill(plain).strip(),
            text=self.text.fill(plain),
            html=self.html.fill(for_html(values)),
        )

    def fill_followed(self, values: Mapping[str, str], message_id: UUID) -> Wording:
        """The same with links and a picture that tell us when they are asked for."""
        html, links = self.followed
        plain = for_text(values)
        addresses = {name: (link.address.fill(plain), link.group) for name, link in links.items()}
        told = {**values, **values_to_follow(message_id, addresses)}
        return replace(self.fill(values), html=html.fill(for_html(told)))


class LetterForms:
    """The forms of some steps' texts, each compiled when it is first needed."""

    def __init__(self, steps: Iterable[Step]) -> None:
        texts = CampaignText.objects.filter(step__in={step.pk for step in steps})
        self.texts = {(text.step_id, text.language): text for text in texts.select_related("step__version")}
        self.forms: dict[int, LetterForm] = {}

    def for_language(self, step_id: int, language: str) -> LetterForm | None:
        """Return the form in a member's language, else in the club's, else in any; None without texts."""
        text = self.texts.get((step_id, language)) or self.texts.get((step_id, settings.LANGUAGE_CODE))
        if text is None:
            text = next((text for (of_step, _), text in self.texts.items() if of_step == step_id), None)
        return self.compiled(text) if text else None

    def compiled(self, text: CampaignText) -> LetterForm:
        if text.pk not in self.forms:
            wording = Wording(text.subject, text.text, text.html)
            self.forms[text.pk] = compile_letter(
                wording, language=text.language, purpose=text.step.version.purpose
            )
        return self.forms[text.pk]


def examine(wording: Wording, trigger: Trigger) -> dict[str, list[Mistake]]:
    """Return the mistakes in a wording by part: subject, text, html. Empty when it can be sent."""
    parts = {"subject": wording.subject, "text": wording.text, "html": wording.html}
    found = {part: mistakes(source, trigger.names) for part, source in parts.items()}
    return {part: places for part, places in found.items() if places}


def compile_letter(wording: Wording, *, language: str, purpose: str) -> LetterForm:
    """Return the form of a wording: dressed, with the footer that says why it came and how to stop it."""
    context = {
        "language": language,
        "purpose": purpose,
        "link": LINK,
        "postal_address": settings.CLUB_POSTAL_ADDRESS,
        "club_name": settings.CLUB_NAME,
    }
    with override(language):
        text = wording.text.replace("\r\n", "\n").rstrip()
        footer = render_to_string("campaigns/mail_footer.txt", context)
        html = dressed(wording, context)
    return LetterForm(
        subject=compile_text(" ".join(wording.subject.split())),
        text=compile_text(f"{text}\n\n{footer.strip()}\n"),
        html=compile_text(without_groups(html)),
        page=html,
    )


def dressed(wording: Wording, context: Mapping[str, str]) -> str:
    """Return the HTML part with its styles inline. A merchant's whole page is kept and gets the footer only."""
    footer = render_to_string("campaigns/mail_footer.html", dict(context))
    head, end, tail = wording.html.rpartition("</body>")
    if end:
        page = f"{head}{footer}{end}{tail}"
    else:
        body = wording.html or text_as_html(wording.text)
        # Staff's own HTML is the content here; members' values are escaped when they are filled in.
        parts = {"body": mark_safe(body), "footer": mark_safe(footer)}  # noqa: S308
        page = render_to_string("campaigns/mail.html", {**context, **parts})
    return css_inline.inline(page, keep_style_tags=True)


@lru_cache(maxsize=1)
def address_in(sender: str) -> str:
    return parseaddr(sender)[1]


def letter_headers(*, message_id: UUID, campaign_key: str, link: str) -> dict[str, str]:
    """Return what RFC 8058 (one-click), RFC 2919 (List-Id) and RFC 3834 (Auto-Submitted) ask of a mail."""
    address = address_in(settings.DEFAULT_FROM_EMAIL)
    domain = address.rpartition("@")[2]
    token = quote(link.rsplit("/", 1)[-1])
    return {
        "Message-ID": f"<{message_id}@{domain}>",
        "List-Id": f"<{campaign_key}.{domain}>",
        "List-Unsubscribe": f"<{link}>, <mailto:{address}?subject=unsubscribe%20{token}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
    }


def write_letter(
    form: LetterForm,
    *,
    message_id: UUID,
    campaign_key: str,
    to: str,
    values: Mapping[str, str],
    is_followed: bool = False,
) -> Letter:
    """Return the letter to one address; the same message always gets the same Message-ID.

    Where it ``is_followed``, its links and a picture tell us when they are asked for: of those alone who have agreed.
    """
    said = form.fill_followed(values, message_id) if is_followed else form.fill(values)
    headers = letter_headers(
        message_id=message_id, campaign_key=campaign_key, link=values["unsubscribe_link"]
    )
    return Letter(message_id, to, said.subject, said.text, said.html, headers)


def as_test(letter: Letter, prefix: str) -> Letter:
    return replace(letter, subject=f"{prefix} {letter.subject}")


def example_letter(
    *, version: CampaignVersion, wording: Wording, language: str, to: str, now: datetime
) -> Letter:
    """Return what an invented member would get."""
    form = compile_letter(wording, language=language, purpose=version.purpose)
    return write_letter(
        form,
        message_id=uuid4(),
        campaign_key=version.campaign.key,
        to=to,
        values=example_values(language, now),
    )
