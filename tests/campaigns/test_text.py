import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.engine.text import Mistake, compile_text, for_html, for_text, mistakes, text_as_html

ALLOWED = ("first_name", "last_day", "member_page")


@pytest.mark.parametrize(
    ("source", "mistake"),
    [
        ("Hej {{förnamn}}", Mistake("broken_variable", 1, 5, "{{förnamn}}")),
        ("Hej\n  {{ surname }}", Mistake("unknown_variable", 2, 3, "surname")),
        ("{{first_name", Mistake("broken_variable", 1, 1, "{{first_name")),
        ("{{first_name.x}}", Mistake("broken_variable", 1, 1, "{{first_name.x}}")),
        ("{{first_name|upper}}", Mistake("broken_variable", 1, 1, "{{first_name|upper}}")),
        ("a {% if x %}", Mistake("template_code", 1, 3, "{% if x %}")),
        ("{{ settings.SECRET_KEY }}", Mistake("broken_variable", 1, 1, "{{ settings.SECRET_KEY }}")),
    ],
)
def test_whatever_is_no_listed_variable_is_found_with_its_place(source: str, mistake: Mistake) -> None:
    assert mistakes(source, ALLOWED) == [mistake]


@pytest.mark.parametrize(
    "source",
    ["", "Hej {{first_name}}", "{{ last_day }}{{first_name}}", "@media x {.a{color:red}}", "100 % {rabatt}"],
)
def test_listed_variables_and_single_braces_are_no_mistakes(source: str) -> None:
    assert mistakes(source, ALLOWED) == []


def test_every_mistake_of_a_text_is_told_at_once() -> None:
    assert [mistake.line for mistake in mistakes("{{a}}\n{{first_name}}\n{{b}} {%", ALLOWED)] == [1, 3, 3]


def test_values_are_filled_in_once_and_never_read_as_text_of_ours() -> None:
    text = compile_text("Hej {{ first_name }}, {{last_day}}!")
    assert text.fill({"first_name": "{{last_day}}", "last_day": "1 maj"}) == "Hej {{last_day}}, 1 maj!"


def test_a_value_can_neither_break_a_line_nor_open_a_tag() -> None:
    values = {"first_name": ' <b>"Bo"</b>\r\nBcc: x '}
    assert for_text(values) == {"first_name": '<b>"Bo"</b> Bcc: x'}
    assert for_html(values) == {"first_name": "&lt;b&gt;&quot;Bo&quot;&lt;/b&gt; Bcc: x"}


@given(st.text(), st.text())
def test_any_text_without_braces_comes_out_as_it_went_in(before: str, value: str) -> None:
    plain = before.replace("{", "")
    assert compile_text(plain + "{{first_name}}").fill({"first_name": value}) == plain + value


def test_a_plain_text_becomes_paragraphs_with_links() -> None:
    text = "Hej <du> & du!\n\nRad ett\nrad två\n{{member_page}} eller https://x.example/a?b=1"
    assert text_as_html(text) == (
        "<p>Hej &lt;du&gt; &amp; du!</p>\n"
        "<p>Rad ett<br>\nrad två<br>\n"
        '<a href="{{member_page}}">{{member_page}}</a> eller '
        '<a href="https://x.example/a?b=1">https://x.example/a?b=1</a></p>'
    )
