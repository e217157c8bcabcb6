"""The terms that members agree to are the rules themselves, and say in time what is to change."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from loyalty import actions
from loyalty.models import ProgrammeVersion
from loyalty.queries.presets import preset
from loyalty.queries.terms import terms_at, topics_of

pytestmark = pytest.mark.django_db
SPRING = datetime(2025, 1, 1, tzinfo=UTC)
AUTUMN = datetime(2125, 9, 1, tzinfo=UTC)


def published(document: dict[str, Any], name: str, valid_from: datetime) -> ProgrammeVersion:
    version = actions.import_programme(document=document, name=name, now=SPRING)
    return actions.publish_version(version=version, valid_from=valid_from, now=SPRING, actor="vera")


def doubled() -> dict[str, Any]:
    document: Any = preset("duvan")
    document["earning_rules"][0]["rate"]["value"] = 2
    return dict(document)


def test_the_terms_tell_the_rules_by_topic() -> None:
    with override("sv"):
        topics = {topic.title: list(topic.sentences) for topic in topics_of(preset("duvan"))}
    assert topics["Så tjänar du in"] == [
        "Poäng på köp: 1 poäng per hel krona på allt utom presentkort och biljetter till evenemang."
    ]
    assert "När medlemskapet upphör" in topics
    assert "Nivåer" not in topics


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("sv", "Poäng på köp: 1 poäng per hel krona på allt utom presentkort och biljetter till evenemang."),
        ("nb", "Poeng på kjøp: 1 poeng per hele svensk krone på alt unntatt gavekort og billetter til"),
        ("en", "Points for purchases: 1 points per whole krona on everything except gift cards and event"),
    ],
)
def test_the_terms_are_read_in_the_reader_s_language(client: Client, language: str, told: str) -> None:
    published(preset("duvan"), "nu", SPRING)
    page = client.get(reverse("terms"), headers={"accept-language": language}).content.decode()
    assert told in page.replace("\xa0", " ")


def test_what_members_do_not_see_is_not_in_the_terms() -> None:
    document: Any = preset("duvan")
    document["meters"].append({"key": "secret", "name": "hemligt", "shown": False})
    document["earning_rules"].append(
        {"key": "inner", "name": "inre", "meter": "secret", "rate": {"kind": "per_unit", "value": 1}}
    )
    with override("sv"):
        assert topics_of(document) == topics_of(preset("duvan"))


def test_a_coming_version_is_told_in_advance() -> None:
    published(preset("duvan"), "nu", SPRING)
    published(doubled(), "sedan", AUTUMN)
    with override("sv"):
        terms = terms_at(datetime(2026, 1, 1, tzinfo=UTC))
    assert terms is not None
    assert terms.version.name == "nu"
    [notice] = terms.notices
    assert notice.version.valid_from == AUTUMN
    [change] = notice.changes
    assert change.before.startswith("Poäng på köp: 1 poäng per hel krona på allt")
    assert change.after.startswith("Poäng på köp: 2 poäng per krona på allt")


def test_everybody_can_read_the_terms_of_every_version(client: Client) -> None:
    assert client.get(reverse("terms")).status_code == 200
    published(preset("duvan"), "nu", SPRING)
    coming = published(doubled(), "sedan", AUTUMN)
    page = client.get(reverse("terms"), headers={"accept-language": "sv"}).content.decode()
    assert "De gäller från och med 1 januari 2025." in page
    assert "Från och med 1 september 2125 ändras detta" in page
    later = client.get(reverse("terms_of", args=[coming.pk]), headers={"accept-language": "sv"})
    assert "2 poäng per krona" in later.content.decode()
    assert client.get(reverse("terms_of", args=[coming.pk + 1])).status_code == 404
