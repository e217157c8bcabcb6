import gettext
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

PO = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "points"
msgstr "poäng"

#, fuzzy
msgid "voucher"
msgstr "kvitto"
"""


@pytest.fixture
def po(tmp_path: Path, settings: Settings) -> Path:
    settings.LOCALE_PATHS = [tmp_path]
    path = tmp_path / "sv" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    path.write_text(PO, encoding="utf-8")
    return path


def test_build_catalogues_builds_what_gettext_reads_and_leaves_out_guesses(po: Path) -> None:
    call_command("build_catalogues", verbosity=0)
    with po.with_suffix(".mo").open("rb") as file:
        catalogue = gettext.GNUTranslations(file)
    assert (catalogue.gettext("points"), catalogue.gettext("voucher")) == ("poäng", "voucher")


def test_only_a_catalogue_that_says_something_else_is_built_again(
    po: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mo = po.with_suffix(".mo")
    call_command("build_catalogues")
    assert capsys.readouterr().out == f"{mo}\n"
    call_command("build_catalogues")
    assert capsys.readouterr().out == ""
    po.write_text(PO.replace("poäng", "stämplar"), encoding="utf-8")
    call_command("build_catalogues")
    assert capsys.readouterr().out == f"{mo}\n"
