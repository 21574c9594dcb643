"""Log lines: one line an event, and nothing in them that opens an account."""

import logging
import re

import structlog

_NAMES = "app_secret|client_secret|access_token|refresh_token|auth_code"
# A short name is a secret's only in an address: elsewhere it may be an error's code.
_SECRET_IN_URL = re.compile(rf"((?:\b(?:{_NAMES})|[?&](?:code|sign|hmac))=)[^&\s\"']+")
_SECRET_IN_PATH = re.compile(r"(/webhooks/shopify/)[A-Za-z0-9_-]{8,}")
_KEY_IN_PATH = re.compile(r"(/join/|/forgotten/\w+-)[A-Za-z0-9_-]{8,}")
_TOKEN = re.compile(r"\b(shp(?:at|ua|ca|rt|ss)_|ROW_|TTP_|GCP_|tts_)[A-Za-z0-9_\-]{6,}")


def scrub(text: str) -> str:
    """Replace whatever looks like a token or secret by dots."""
    text = _SECRET_IN_URL.sub(r"\1…", text)
    text = _SECRET_IN_PATH.sub(r"\1…", text)
    text = _KEY_IN_PATH.sub(r"\1…", text)
    return _TOKEN.sub(r"\1…", text)


class ScrubSecrets(logging.Filter):
    """Scrubs the finished message, so that no caller has to remember to."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = scrub(record.getMessage())
        record.args = ()
        return True


class ScrubbingFormatter(logging.Formatter):
    """Scrubs what a traceback adds to the message."""

    def format(self, record: logging.LogRecord) -> str:
        return scrub(super().format(record))


def line_formatter() -> logging.Formatter:
    """The formatter of the console: time, level, logger, message and key=value pairs."""
    return ScrubbingFormatter("%(asctime)s %(levelname)s %(name)s %(message)s")


structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.LogfmtRenderer(key_order=["event"]),
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)
