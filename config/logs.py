"""Logs as one JSON object per line, with the request's id and without personal data."""

import re
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

DROPPED_FIELDS = ("ip", "user_agent", "email", "phone")
MASKS = (
    (re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"), "[e-mail]"),
    (re.compile(r"(?<![\w-])(\+\d{8,15}|0\d[\d -]{6,12}\d)(?![\w-])"), "[phone]"),
    # Links in mails carry a secret in their path or after the question mark.
    (re.compile(r"\?\S+"), "?[query]"),
    (re.compile(r"(?<=/)[\w:-]{24,}"), "[token]"),
)


def mask(text: str) -> str:
    """Return the text with e-mail addresses, phone numbers and secrets of links blotted out."""
    for pattern, replacement in MASKS:
        text = pattern.sub(replacement, text)
    return text


def without_personal_data(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    for field in DROPPED_FIELDS:
        event.pop(field, None)
    return {key: mask(value) if isinstance(value, str) else value for key, value in event.items()}


PROCESSORS: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.format_exc_info,
]

structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *PROCESSORS,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)


def logging_settings(*, level: str) -> dict[str, Any]:
    """Return Django's LOGGING: everything to standard error, from `level` up."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": PROCESSORS,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    without_personal_data,
                    structlog.processors.JSONRenderer(),
                ],
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
        # Libraries tell about themselves while importing; only their warnings matter to an operator.
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            name: {"handlers": ["console"], "level": level, "propagate": False}
            for name in (
                "django",
                "celery",
                "django_structlog",
                "config",
                "members",
                "segments",
                "loyalty",
                "campaigns",
            )
        },
    }
