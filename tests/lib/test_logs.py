"""Nothing that opens an account reaches a log line, wherever in the line it stands."""

from __future__ import annotations

import io
import logging
import logging.config

import pytest
import structlog
from django.conf import settings

from tiktoksync.errors import Rejected
from tiktoksync.lib.logs import scrub

SECRETS = {
    "a TikTok access token": "ROW_Fw8rBwAAAAAkW03FYd09DG-9INtpw361hWthei8S3fHX8iPJ5AUv99fLSCYD9",
    "a US access token": "TTP_pwSm2AAAAABmmtFz1xlyKMnwg74T2GJ5s0uQbS8jPjb",
    "a Shopify token": "shpat_1234567890abcdef1234567890abcdef",
    "an expiring Shopify token": "shpua_1234567890abcdef",
    "a Shopify refresh token": "shprt_1234567890abcdef",
    "a Shopify app secret": "shpss_1234567890abcdef",
    "a token of our own API": "tts_abcdefghijklmnop-QRSTUVWXYZ_012345",
}


@pytest.fixture
def lines() -> io.StringIO:
    """What the console of the settings would print."""
    stream = io.StringIO()
    config = settings.LOGGING
    handler = logging.StreamHandler(stream)
    configurator = logging.config.DictConfigurator(config)
    handler.setFormatter(configurator.configure_formatter(dict(config["formatters"]["line"])))
    handler.addFilter(configurator.configure_filter(dict(config["filters"]["no_secrets"])))
    logger = logging.getLogger("tests.lib.scrubbed")
    logger.handlers, logger.propagate = [handler], False
    logger.setLevel(logging.INFO)
    return stream


LOGGER = logging.getLogger("tests.lib.scrubbed")


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS.keys())
@pytest.mark.parametrize(
    "line",
    ["{}", "token {} was refused", "{{'access_token': '{}'}}", "x-tts-access-token: {}", "a={},b"],
)
def test_tokens_are_recognised_by_their_looks(secret: str, line: str) -> None:
    scrubbed = scrub(line.format(secret))
    assert secret[8:] not in scrubbed
    assert "…" in scrubbed


@pytest.mark.parametrize(
    "name",
    ["app_secret", "client_secret", "access_token", "refresh_token", "auth_code", "code", "sign"],
)
def test_secrets_in_an_address_are_recognised_by_their_names(name: str) -> None:
    url = f"https://auth.example/api/v2/token/get?app_key=key&{name}=S3cr-t%2B.value&x=1"
    scrubbed = scrub(url)
    assert "S3cr" not in scrubbed
    assert scrubbed.endswith("&x=1")
    assert "app_key=key" in scrubbed


def test_the_first_parameter_of_an_address_is_scrubbed_too() -> None:
    assert scrub("GET /callback?code=abc&state=1") == "GET /callback?code=…&state=1"


def test_a_stores_secret_webhook_path_is_not_shown() -> None:
    line = "POST /webhooks/shopify/Zx81-k3y_abcdefgh/ 200"
    assert scrub(line) == "POST /webhooks/shopify/…/ 200"


@pytest.mark.parametrize(
    "line",
    [
        'event="hinted order refused" shop=3 code=21001005',
        "order 576461413038785752 synced as #1001",
        "POST /webhooks/shopify/ 200",
        "event=recorded assign=7 status=200",
        "THROTTLED after 3 tries",
    ],
)
def test_what_is_no_secret_stays_readable(line: str) -> None:
    assert scrub(line) == line


def test_arguments_are_scrubbed_with_the_message(lines: io.StringIO) -> None:
    LOGGER.info("refused %s", SECRETS["a Shopify token"])
    assert "refused shpat_…" in lines.getvalue()
    assert "1234567890" not in lines.getvalue()


def test_tracebacks_are_scrubbed_too(lines: io.StringIO) -> None:
    try:
        raise ValueError(f"no such token: {SECRETS['a US access token']}")
    except ValueError:
        LOGGER.exception("it broke")
    text = lines.getvalue()
    assert "Traceback" in text
    assert "pwSm2" not in text


def test_structured_lines_are_scrubbed(lines: io.StringIO) -> None:
    structlog.get_logger("tests.lib.scrubbed").warning("refused", token=SECRETS["a Shopify token"])
    text = lines.getvalue()
    assert "event=refused" in text
    assert "1234567890" not in text


def test_a_line_tells_when_how_bad_and_who(lines: io.StringIO) -> None:
    LOGGER.warning("hello")
    assert lines.getvalue().endswith("WARNING tests.lib.scrubbed hello\n")


def test_an_error_for_the_merchant_holds_its_request_id() -> None:
    error = Rejected("Shopify refused it.", request_id="r-1", detail="internal")
    assert str(error) == "[r-1] Shopify refused it."
