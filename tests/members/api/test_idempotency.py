from typing import Any

import pytest
from rest_framework.test import APIClient

from members import actions
from members.models import Activity, ApiKey, Member, StoredAnswer
from tests.make import make_api_key
from tests.members.api.conftest import calling_with
from tests.members.test_races import at_once

pytestmark = pytest.mark.django_db

# Without its key this call would make a new member each time: a phone may be shared.
BODY = {"phone": "0701234567"}


def join(client: APIClient, key: str | None = "once", body: object = None) -> Any:
    headers = {"Idempotency-Key": key} if key is not None else {}
    return client.post("/api/v1/members/", body or BODY, format="json", headers=headers)


def test_the_same_call_again_gets_the_first_answer_and_does_nothing(shop: APIClient) -> None:
    first, again = join(shop), join(shop)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (Member.objects.count(), Activity.objects.count()) == (1, 1)


def test_twin_without_a_key_happens_twice(shop: APIClient) -> None:
    join(shop, key=None)
    join(shop, key=None)
    assert Member.objects.count() == 2


def test_the_order_of_names_in_a_body_makes_no_other_call(shop: APIClient) -> None:
    first = join(shop, body={"phone": "0701234567", "first_name": "Vera"})
    again = join(shop, body={"first_name": "Vera", "phone": "0701234567"})
    assert first.content == again.content


def test_another_call_with_the_same_key_is_refused_with_the_first_answer(
    shop: APIClient, alice: Member
) -> None:
    first = join(shop)
    consent = {"purpose": "marketing", "is_given": True, "wording": "1"}
    others = [
        join(shop, body={"phone": "0709999999"}),
        shop.patch(f"/api/v1/members/{alice.number}/", BODY, format="json", HTTP_IDEMPOTENCY_KEY="once"),
        shop.post(
            f"/api/v1/members/{alice.number}/consents/", consent, format="json", HTTP_IDEMPOTENCY_KEY="once"
        ),
    ]
    assert [other.status_code for other in others] == [409, 409, 409]
    assert others[0].json()["type"] == "/problems/idempotency_key_used_for_something_else"
    assert others[0].json()["facts"] == {"first_status": 201, "first_answer": first.json()}
    assert (Member.objects.count(), Activity.objects.count()) == (2, 1)


def test_two_shops_may_choose_the_same_key(shop: APIClient) -> None:
    _row, other_key = make_api_key(name="The till")
    join(shop)
    join(calling_with(other_key))
    assert Member.objects.count() == 2


def test_a_refused_call_leaves_its_key_unused(shop: APIClient) -> None:
    refused = [join(shop, body={"phone": "12"}), join(shop, body={"emial": "x"}), join(shop, body=[1])]
    assert [one.status_code for one in refused] == [422, 400, 400]
    assert StoredAnswer.objects.count() == 0
    assert join(shop).status_code == 201


def test_a_call_without_the_right_to_it_leaves_its_key_unused(
    key: tuple[ApiKey, str], shop: APIClient
) -> None:
    ApiKey.objects.update(scopes=["read"])
    assert join(shop).status_code == 403
    assert StoredAnswer.objects.count() == 0


def test_a_crashed_call_leaves_its_key_unused_and_nothing_behind(
    shop: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = actions.join_member

    def crashes_after_its_work(**told: Any) -> None:
        real(**told)
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(actions, "join_member", crashes_after_its_work)
        assert join(shop).status_code == 500
    assert (Member.objects.count(), StoredAnswer.objects.count()) == (0, 0)
    assert join(shop).status_code == 201


@pytest.mark.parametrize("wrong", ["", "k" * 256, "nyckel-å", "a\tb"])
def test_a_key_that_is_none_is_refused(shop: APIClient, wrong: str) -> None:
    response = join(shop, key=wrong)
    assert (response.status_code, response.json()["type"]) == (400, "/problems/idempotency_key_is_not_valid")
    assert Member.objects.count() == 0


def test_the_longest_key_is_kept_whole(shop: APIClient) -> None:
    assert join(shop, key="k" * 255).status_code == 201
    assert join(shop, key="k" * 254 + "l").status_code == 201
    assert Member.objects.count() == 2


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_many_copies_of_a_call_at_once_have_one_effect_and_one_answer() -> None:
    _row, key = make_api_key()
    answers = at_once(lambda index: join(calling_with(key)))
    assert {(one.status_code, one.content) for one in answers} == {(201, answers[0].content)}
    assert [one.headers.get("Idempotent-Replayed") for one in answers].count("true") == len(answers) - 1
    assert (Member.objects.count(), Activity.objects.count(), StoredAnswer.objects.count()) == (1, 1, 1)


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_twin_without_a_key_at_once_has_many_effects() -> None:
    _row, key = make_api_key()
    answers = at_once(lambda index: join(calling_with(key), key=None))
    assert Member.objects.count() == len(answers)


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_different_calls_with_one_key_at_once_let_one_through() -> None:
    _row, key = make_api_key()
    answers = at_once(lambda index: join(calling_with(key), body={"phone": f"070123456{index}"}))
    assert sorted(one.status_code for one in answers) == [201] + [409] * (len(answers) - 1)
    assert Member.objects.count() == 1
