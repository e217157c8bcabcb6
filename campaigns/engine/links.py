"""Links in the HTML of a letter: which can tell that they were followed, and what they belong to."""

import re
from dataclasses import dataclass
from html import unescape
from urllib.parse import parse_qs, urlsplit

from campaigns.engine.text import Compiled, compile_text

TAG = re.compile(r"<a\b[^>]*>", re.IGNORECASE)
ADDRESS = re.compile(r"""(\bhref\s*=\s*)(["'])(.*?)\2""", re.IGNORECASE | re.DOTALL)
GROUP = re.compile(r"""\s*\bdata-group\s*=\s*(["'])(.*?)\1""", re.IGNORECASE | re.DOTALL)
# To a page of the web, or to the member's own page.
FOLLOWED = re.compile(r"https?://|\{\{\s*[a-z_]+_page\s*\}\}", re.IGNORECASE)
LONGEST_GROUP = 40
# What a page's address calls the link that led to it, as shops count visits by.
NAMED_BY = "utm_content"
END = re.compile(r"</body\s*>", re.IGNORECASE)


@dataclass(frozen=True)
class Link:
    """Where it leads, and the group that it belongs to: what staff wrote as ``data-group``, else ``utm_content``."""

    address: Compiled
    group: str


@dataclass(frozen=True)
class Followed:
    """HTML whose links stand as variables, by their names in ``links``."""

    html: str
    links: dict[str, Link]


def without_groups(html: str) -> str:
    """What only we read of a letter does not go out."""
    return TAG.sub(lambda tag: GROUP.sub("", tag[0]), html)


def followed(html: str, extra: str) -> Followed:
    """Put a variable in the place of every link to a page, and ``extra`` before the end."""
    links: dict[str, Link] = {}

    def replace(tag: re.Match[str]) -> str:
        address = ADDRESS.search(tag[0])
        if address is None or not FOLLOWED.match(unescape(address[3]).strip()):
            return GROUP.sub("", tag[0])
        name = variable(len(links))
        links[name] = link_of(tag[0], unescape(address[3]).strip())
        return GROUP.sub("", ADDRESS.sub(rf"\g<1>\g<2>{{{{{name}}}}}\g<2>", tag[0], count=1))

    html = TAG.sub(replace, html)
    end = END.search(html)
    place = end.start() if end else len(html)
    return Followed(html[:place] + extra + html[place:], links)


def variable(number: int) -> str:
    """A name of letters alone, as variables have."""
    return "follow_" + "".join(chr(ord("a") + int(digit)) for digit in str(number))


def link_of(tag: str, address: str) -> Link:
    told = GROUP.search(tag)
    group = unescape(told[2]).strip() if told else named_in(address)
    return Link(compile_text(address), group[:LONGEST_GROUP])


def named_in(address: str) -> str:
    try:
        return next(iter(parse_qs(urlsplit(address).query).get(NAMED_BY, ())), "").strip()
    except ValueError:
        return ""
