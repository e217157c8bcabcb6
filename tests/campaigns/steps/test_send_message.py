from campaigns.models import Campaign, Enrolment, Step
from campaigns.steps import steps
from campaigns.steps.send_message import SendMessage
from tests.campaigns.make import NOW


def test_it_plans_one_message_on_the_campaigns_channel() -> None:
    enrolment = Enrolment(campaign=Campaign(channel="email"), member_id=7, entry_no=3)
    outcome = steps["send_message"]().take(Step(), enrolment, NOW)
    [message] = outcome.messages
    assert (message.member_id, message.entry_no, message.channel) == (7, 3, "email")
    assert (message.state, message.due_at, outcome.resume_at) == ("planned", NOW, None)


def test_it_is_known_by_its_key() -> None:
    assert steps["send_message"] is SendMessage
