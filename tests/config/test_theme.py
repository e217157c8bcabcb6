"""Whatever colour the merchant chose, every text on it and in it can be read."""

import re

import pytest
from django.http import HttpRequest
from django.test import Client, override_settings
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from config.theme import (
    BLACK,
    CONSOLE_DARK_GROUND,
    DARK_GROUND,
    LIGHT_GROUND,
    WHITE,
    console_shades,
    contrast,
    parse_colour,
    readable_on,
    text_on,
    theme_rules,
    written,
)

parts = st.integers(0, 255)
colours = st.tuples(parts, parts, parts)


def test_black_on_white_has_the_greatest_contrast() -> None:
    assert (round(contrast(BLACK, WHITE), 2), contrast(WHITE, WHITE)) == (21.0, 1.0)
    assert round(contrast(parse_colour("#767676"), WHITE), 2) == 4.54


@given(colours)
def test_a_button_of_any_colour_can_be_read(colour: tuple[int, int, int]) -> None:
    assert contrast(text_on(colour), colour) >= 4.5


@given(colours)
def test_a_link_of_any_colour_can_be_read_by_day_and_by_night(colour: tuple[int, int, int]) -> None:
    for ground in (LIGHT_GROUND, DARK_GROUND):
        assert contrast(readable_on(ground, colour), ground) >= 4.5


def test_a_colour_that_can_be_read_stays_as_the_merchant_chose_it() -> None:
    assert readable_on(LIGHT_GROUND, parse_colour("#1f5c4d")) == (0x1F, 0x5C, 0x4D)


def test_a_bright_colour_gets_black_text_and_darker_links() -> None:
    assert theme_rules(parse_colour("#fd0")).splitlines()[0] == (
        ":root{--brand:#ffdd00;--on-brand:#000000;--brand-text:#806e00}"
    )


@pytest.mark.parametrize("text", ["", "green", "#12", "#12345", "#12345g", "#1234567"])
def test_what_is_no_colour_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="write it like #1f5c4d"):
        parse_colour(text)


@pytest.mark.django_db
def test_the_style_sheet_is_sent_once_for_each_colour(client: Client, settings: Settings) -> None:
    settings.CLUB_COLOUR = "#0a5ad6"
    sheet = client.get("/theme.css")
    assert sheet.headers["Content-Type"] == "text/css; charset=utf-8"
    assert re.findall(r"--brand:(#\w+)", sheet.content.decode()) == ["#0a5ad6"]
    assert client.get("/theme.css", headers={"If-None-Match": sheet.headers["ETag"]}).status_code == 304
    settings.CLUB_COLOUR = "#d60a5a"
    assert client.get("/theme.css", headers={"If-None-Match": sheet.headers["ETag"]}).status_code == 200


@given(colours)
def test_words_in_the_consoles_colour_can_be_read_by_day_and_by_night(colour: tuple[int, int, int]) -> None:
    with override_settings(CLUB_COLOUR=written(colour)):
        shades = console_shades(HttpRequest())
    assert contrast(parse_colour(shades["600"]), WHITE) >= 4.5
    assert contrast(parse_colour(shades["500"]), CONSOLE_DARK_GROUND) >= 4.5


def test_the_console_is_painted_in_the_merchants_colour(admin_client: Client, settings: Settings) -> None:
    for colour, painted in (("#1f5c4d", "rgb(31, 92, 77)"), ("#0a5ad6", "rgb(10, 90, 214)")):
        settings.CLUB_COLOUR = colour
        assert f"--color-primary-600: {painted}" in admin_client.get("/admin/").content.decode()
