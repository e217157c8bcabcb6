"""The merchant's colour as a style sheet, every text on it readable whatever colour was chosen."""

import hashlib
import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition

Colour = tuple[int, int, int]

WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)
# The grounds of club.css on which a word in the merchant's colour may stand, and the hardest of each.
LIGHT_GROUND: Colour = (0xF4, 0xF2, 0xED)
DARK_GROUND: Colour = (0x22, 0x28, 0x27)
# WCAG 2.2, success criterion 1.4.3: contrast of text, level AA.
READABLE = 4.5
MIXES = 20
# The console's darkest ground, on which it writes links in shade 500; on white it writes them in 600.
CONSOLE_DARK_GROUND: Colour = (0x10, 0x18, 0x28)
# How far each shade of the console stands from 600: towards white, or towards black.
LIGHTER = {"50": 0.95, "100": 0.9, "200": 0.75, "300": 0.55, "400": 0.35}
DARKER = {"700": 0.2, "800": 0.35, "900": 0.5, "950": 0.7}


def parse_colour(text: str) -> Colour:
    """Red, green and blue of ``#1f5c4d`` or ``#1fc``. Raises ``ValueError``."""
    digits = text.strip().removeprefix("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    if not re.fullmatch(r"[0-9a-fA-F]{6}", digits):
        raise ValueError(f"{text!r} is not a colour: write it like #1f5c4d.")
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


def contrast(one: Colour, other: Colour) -> float:
    """The contrast ratio of WCAG 2.2, from 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: Colour) -> float:
    """The relative luminance of WCAG 2.2, from 0 to 1."""
    red, green, blue = (linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def text_on(ground: Colour) -> Colour:
    """White or black, whichever reads better; one of them always reaches 4.5."""
    return max(WHITE, BLACK, key=lambda text: contrast(text, ground))


def readable_on(ground: Colour, colour: Colour) -> Colour:
    """``colour``, moved towards black or white only as far as it must be to be read on ``ground``."""
    goal = text_on(ground)
    mixes = (mix(colour, goal, step / MIXES) for step in range(MIXES + 1))
    return next(found for found in mixes if contrast(found, ground) >= READABLE)


def mix(colour: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(mine + (its - mine) * share) for mine, its in zip(colour, other, strict=True))
    return red, green, blue


def written(colour: Colour) -> str:
    return "#" + "".join(f"{part:02x}" for part in colour)


def theme_rules(colour: Colour) -> str:
    """The custom properties that ``club.css`` takes its brand colours from."""
    return (
        f":root{{--brand:{written(colour)};--on-brand:{written(text_on(colour))};"
        f"--brand-text:{written(readable_on(LIGHT_GROUND, colour))}}}\n"
        f"@media (prefers-color-scheme:dark){{:root{{"
        f"--brand-text:{written(readable_on(DARK_GROUND, colour))}}}}}\n"
    )


def console_shades(request: HttpRequest) -> dict[str, str]:
    """The merchant's colour as the eleven shades that the console is painted in."""
    colour = parse_colour(settings.CLUB_COLOUR)
    middle = readable_on(WHITE, colour)
    return {
        **{shade: written(mix(middle, WHITE, share)) for shade, share in LIGHTER.items()},
        "500": written(readable_on(CONSOLE_DARK_GROUND, colour)),
        "600": written(middle),
        **{shade: written(mix(middle, BLACK, share)) for shade, share in DARKER.items()},
    }


def theme_etag(request: HttpRequest) -> str:
    return f'"{hashlib.sha256(settings.CLUB_COLOUR.encode()).hexdigest()[:16]}"'


@cache_control(public=True, max_age=3600)
@condition(etag_func=theme_etag)
def theme(request: HttpRequest) -> HttpResponse:
    return HttpResponse(
        theme_rules(parse_colour(settings.CLUB_COLOUR)), content_type="text/css; charset=utf-8"
    )
