"""The club speaks Swedish and Norwegian throughout: our words, those of the libraries we show, and every page."""

import re
import shutil
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path

import polib
import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import override, trans_real
from pytest_django import Settings

from config.catalogues import compiled, po_files
from members.actions.logins import ensure_login
from members.models import Member
from tests.console import seed
from tests.console.conftest import browser, club, now
from tests.console.test_every_page import MODELS, address
from tests.test_floors import BASE_DIR, FLOORS
from tests.translatable import Marked, marked_in

__all__ = ["club", "now"]

LANGUAGES = ("sv", "nb")
# Their pages are part of our console, and they know little or nothing of our languages.
LIBRARIES = ("unfold", "django_celery_beat", "import_export", "simple_history")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*(?::\w+)?\}")
# Its English endings for more than one have no place in another language.
FREE_OF_PLACEHOLDERS = "{0} task{1} {2} successfully run"
# Words that stand in English sentences and in none of ours.
ENGLISH = re.compile(
    r"\b(the|and|add|can|from|has|have|not|please|what|when|of|your|you|this|with|are|was|search|save|sign|"
    r"delete|select|choose|change|cancel|apply|close|view|edit|show|yes|points|vouchers?|tier|members|orders|"
    r"filters|password|settings|active|draft|expired?|issued|redeem(ed)?)\b|\('\w",
    re.IGNORECASE,
)
# What is no sentence of ours: addresses, paths and time zones, the keys in what is kept as JSON, and what the small
# club's shop calls its till, its key and an order.
KEYS = re.compile(r"^\"\w+\"$|[\w.+-]+@[\w.-]+|^[A-Z]\w+/[\w /]+$|\S+[._/-]\S+|^(shop|Webshop|today)$")
MEMBER_PAGES = (
    "my_page",
    "history",
    "details",
    "consents",
    "close_membership",
    "erase_membership",
    "account_email",
    "mfa_index",
)
OPEN_PAGES = ("home", "terms", "join", "account_login", "account_request_login_code")


def catalogues(language: str) -> list[Path]:
    return [path for path in po_files() if path.parts[-3] == language]


@cache
def entries(path: Path) -> list[polib.POEntry]:
    return [entry for entry in polib.pofile(str(path)) if not entry.obsolete]


def translations(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


@pytest.mark.parametrize("po", po_files(), ids=lambda path: str(path.relative_to(BASE_DIR)))
def test_what_django_reads_says_what_is_written(po: Path) -> None:
    assert po.with_suffix(".mo").read_bytes() == compiled(po), "Run: manage.py build_catalogues"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_of_ours_is_translated(language: str) -> None:
    written = {
        (entry.msgctxt, entry.msgid, entry.msgid_plural or None)
        for path in catalogues(language)
        for entry in entries(path)
        if entry.translated()
    }
    marked = set().union(*(marked_in(BASE_DIR / folder) for folder in (*FLOORS, "templates")))
    assert len(marked) > 500
    assert sorted(message.one for message in marked if message not in written) == [], "Run: make messages"


@pytest.mark.parametrize("po", po_files(), ids=lambda path: str(path.relative_to(BASE_DIR)))
def test_nothing_is_left_empty_or_guessed_and_nothing_tells_of_a_machine(po: Path) -> None:
    assert [entry.msgid for entry in entries(po) if not entry.translated()] == []
    assert re.findall(r"^#: (?:/|.*:\d|.*site-packages).*$", po.read_text("utf-8"), re.MULTILINE) == []


@pytest.mark.parametrize("po", po_files(), ids=lambda path: str(path.relative_to(BASE_DIR)))
def test_translations_hold_the_same_values_as_what_they_translate(po: Path) -> None:
    def values(text: str) -> list[str]:
        return sorted(PLACEHOLDER.findall(text))

    assert [
        (entry.msgid, text)
        for entry in entries(po)
        for text in translations(entry)
        if values(text) not in (values(entry.msgid), values(entry.msgid_plural))
        and entry.msgid != FREE_OF_PLACEHOLDERS
    ] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("library", LIBRARIES)
def test_every_message_of_a_library_that_we_show_is_translated(library: str, language: str) -> None:
    spec = find_spec(library)
    assert spec is not None
    assert spec.origin is not None
    marked = marked_in(Path(spec.origin).parent)
    assert marked
    assert sorted(message.one for message in marked if not is_known(message, language)) == []


def is_known(message: Marked, language: str) -> bool:
    known = trans_real.translation(language)._catalog  # type: ignore[attr-defined]
    key = f"{message.context}\x04{message.one}" if message.context else message.one
    return key in known or (key, 0) in known


def test_collecting_finds_what_is_marked_in_tables_too(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not shutil.which("xgettext"):
        pytest.skip("Needs gettext, as only developers do.")
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    (tmp_path / "locale").mkdir()
    (tmp_path / "reasons.py").write_text('A = later("Too late")\nB = _later("Too early")\n')
    monkeypatch.chdir(tmp_path)
    call_command("makemessages", locale=["sv"], verbosity=0)
    found = polib.pofile(str(tmp_path / "locale" / "sv" / "LC_MESSAGES" / "django.po"))
    assert {entry.msgid for entry in found} == {"Too late", "Too early"}


class Reader(HTMLParser):
    """Collects what a person reads or hears of a page: text, and the words of attributes."""

    SPOKEN = ("title", "placeholder", "aria-label", "alt")
    # Never closed, so nothing may wait for their end.
    VOID = frozenset({"br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
    SILENT = frozenset({"script", "style", "svg", "textarea", "code"})

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language
        self.words: list[str] = []
        self.silent: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag not in self.VOID:
            self.silent.append(tag in self.SILENT or self.is_foreign(values))
        if not self.is_foreign(values):
            self.words += [values[name] or "" for name in self.SPOKEN if name in values]

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID and self.silent:
            self.silent.pop()

    def handle_data(self, data: str) -> None:
        if not any(self.silent) and data.strip():
            self.words.append(" ".join(data.split()))

    def is_foreign(self, values: dict[str, str | None]) -> bool:
        """Icons are drawn by their English names, and a language is called by its own."""
        return "material-symbols" in (values.get("class") or "") or (
            values.get("lang") not in (None, self.language)
        )


def english_on(client: Client, page: str, language: str) -> Iterator[str]:
    answer = client.get(page)
    assert answer.status_code == 200, page
    reader = Reader(language)
    reader.feed(answer.content.decode())
    assert reader.words, page
    for words in reader.words:
        ours = KEYS.sub("", words).strip()
        if ENGLISH.search(ours) or ours.rstrip(":").lower() in untranslated_words(language):
            yield f"{page}: {words}"


@cache
def untranslated_words(language: str) -> set[str]:
    """Every message as it stands in English, but for those that another message becomes in the language."""
    ours = {
        text.lower()
        for path in catalogues(language)
        for entry in entries(path)
        for text in translations(entry)
    }
    theirs = {entry.msgid.lower() for path in catalogues(language) for entry in entries(path)}
    return (theirs | {name.lower() for name in names_left_to_django()}) - ours


def names_left_to_django() -> set[str]:
    """What Django makes of the name of a field that was given no words."""
    return {
        str(field.verbose_name)
        for model in apps.get_models()
        if model._meta.app_label in FLOORS
        for field in model._meta.fields
        if not isinstance(field.verbose_name, Promise)
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_member_page_speaks_english(club: list[Member], language: str) -> None:
    visitor = Client(headers={"accept-language": language})
    login = ensure_login(email=club[0].email, now=club[0].joined_at)
    member = browser(login, language)
    found = [words for page in OPEN_PAGES for words in english_on(visitor, reverse(page), language)]
    found += [words for page in MEMBER_PAGES for words in english_on(member, reverse(page), language)]
    assert found == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_console_page_speaks_english(club: list[Member], language: str) -> None:
    staff = browser(seed.make_staff(is_superuser=True), language)
    assert (
        sorted({words for page in console_pages(staff) for words in english_on(staff, page, language)}) == []
    )


def console_pages(staff: Client) -> Iterator[str]:
    request = staff.get(reverse("admin:index")).wsgi_request
    yield reverse("admin:index")
    for model in MODELS:
        yield address(model, "changelist")
        if admin.site.get_model_admin(model).has_add_permission(request):
            yield address(model, "add")
        if first := model._default_manager.first():
            yield address(model, "change", first.pk)
            yield address(model, "history", first.pk)


def test_each_language_is_called_by_its_own_name() -> None:
    with override("en"):
        english = [str(name) for _code, name in settings.LANGUAGES]
    for language in LANGUAGES:
        speak = trans_real.translation(language).gettext
        assert [speak(name) for name in english] == ["svenska", "English", "norsk bokmål"]
