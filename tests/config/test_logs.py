import json
import logging
import logging.config

import pytest
import structlog

from config.logs import logging_settings, mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("mail to vera.berg+klubb@shop.se failed", "mail to [e-mail] failed"),
        ("sms to +46701234567", "sms to [phone]"),
        ("sms to 070-123 45 67 failed", "sms to [phone] failed"),
        ("GET /consent/?token=abc&m=4", "GET /consent/?[query]"),
        ("GET /u/MTI6MXQ4ZkZXOlBzY0JtZnVkVkE/", "GET /u/[token]/"),
        ("order 10042 gave 120 points", "order 10042 gave 120 points"),
        ("2026-11-22T03:36:00", "2026-11-22T03:36:00"),
    ],
)
def test_personal_data_is_blotted_out(text: str, masked: str) -> None:
    assert mask(text) == masked


def test_a_log_line_is_one_json_object_without_personal_data(capsys: pytest.CaptureFixture[str]) -> None:
    logging.config.dictConfig(logging_settings(level="INFO"))
    structlog.get_logger("members").info(
        "member_joined", member=7, email="vera@shop.se", note="from 070-123 45 67"
    )
    logging.getLogger("members").warning("no mail to %s", "vera@shop.se")
    joined, warned = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert (joined["event"], joined["member"], joined["note"]) == ("member_joined", 7, "from [phone]")
    assert "email" not in joined
    assert (warned["event"], warned["level"], warned["logger"]) == (
        "no mail to [e-mail]",
        "warning",
        "members",
    )


def test_an_error_keeps_its_traceback_but_not_the_address_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    logging.config.dictConfig(logging_settings(level="INFO"))
    try:
        raise ValueError("vera@shop.se is unknown")
    except ValueError:
        logging.getLogger("members").exception("failed")
    (line,) = capsys.readouterr().err.splitlines()
    assert "ValueError: [e-mail] is unknown" in json.loads(line)["exception"]
