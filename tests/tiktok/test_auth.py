"""Authorizing a TikTok shop: the link, the first tokens, renewing them."""

import json
import logging
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.lib.raw_server import answer, hang_up, serving
from tiktoksync import errors
from tiktoksync.lib import http, http_clock
from tiktoksync.tiktok.auth import TikTokAuth, TokenPair, authorize_link

GOOD = {
    "access_token": "ROW_access",
    "access_token_expire_in": 1760107073,
    "refresh_token": "ROW_refresh",
    "refresh_token_expire_in": 4878250317,
    "open_id": "open",
    "seller_name": "Example Shop",
    "seller_base_region": "MY",
    "user_type": 0,
    "granted_scopes": ["seller.order.info", "seller.logistics"],
}


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    http._local.__dict__.clear()
    monkeypatch.setattr(http_clock, "_skew", {})
    monkeypatch.setattr("time.time", lambda: 1_760_000_000.0)


def auth(url: str) -> TikTokAuth:
    return TikTokAuth(auth_url=url + "/", app_key="key01", app_secret="hush&=")


def envelope(data: object, code: int = 0):
    body = {"code": code, "message": "success", "data": data, "request_id": "R1"}
    return answer(json.dumps(body).encode())


def query_of(request: bytes) -> tuple[str, dict[str, list[str]]]:
    target = urlsplit(request.split(b" ")[1].decode())
    return target.path, parse_qs(target.query)


def test_exchanges_a_code_for_tokens():
    with serving(envelope(GOOD)) as server:
        result = auth(server.url).get_token("code 1")
        request = server.requests[0]
    path, query = query_of(request)
    assert request.startswith(b"GET ")
    assert path == "/api/v2/token/get"
    assert query == {
        "app_key": ["key01"],
        "app_secret": ["hush&="],
        "auth_code": ["code 1"],
        "grant_type": ["authorized_code"],
    }
    assert result.request_id == "R1"
    assert result.data == TokenPair(
        access_token="ROW_access",
        access_expires_at=1760107073,
        refresh_token="ROW_refresh",
        refresh_expires_at=4878250317,
        open_id="open",
        seller_name="Example Shop",
        seller_region="MY",
        granted_scopes=("seller.order.info", "seller.logistics"),
    )


def test_renews_both_tokens():
    with serving(envelope(GOOD)) as server:
        result = auth(server.url).refresh_token("ROW_old")
        path, query = query_of(server.requests[0])
    assert path == "/api/v2/token/refresh"
    assert query["refresh_token"] == ["ROW_old"]
    assert query["grant_type"] == ["refresh_token"]
    assert result.data.refresh_token == "ROW_refresh"


def test_keeps_the_refresh_token_when_no_new_one_comes():
    data = {"access_token": "ROW_new", "access_token_expire_in": "1760107073"}
    with serving(envelope(data)) as server:
        pair = auth(server.url).refresh_token("ROW_old").data
    assert (pair.access_token, pair.refresh_token) == ("ROW_new", "ROW_old")
    assert (pair.access_expires_at, pair.refresh_expires_at) == (1760107073, 0)
    assert (pair.open_id, pair.granted_scopes) == ("", ())


def test_an_expiry_that_can_only_be_a_duration_is_counted_from_now():
    with serving(envelope(GOOD | {"access_token_expire_in": 604800})) as server:
        pair = auth(server.url).refresh_token("ROW_old").data
    assert pair.access_expires_at == 1760604800


@pytest.mark.parametrize("given", [None, "", "soon", 0, -1, True])
def test_an_expiry_that_is_missing_or_unreadable_is_not_known(given: object):
    data = {**GOOD, "access_token_expire_in": given}
    if given is None:
        del data["access_token_expire_in"]
    with serving(envelope(data)) as server:
        assert auth(server.url).refresh_token("ROW_old").data.access_expires_at == 0


@pytest.mark.parametrize("code", [36004001, 36004004, 36004005])
def test_a_lost_consent_is_said_plainly(code: int):
    with serving(envelope(None, code)) as server:
        with pytest.raises(errors.NotAuthorized) as caught:
            auth(server.url).refresh_token("ROW_old")
        assert len(server.requests) == 1
    assert caught.value.account_reason == "consent_lost"


@pytest.mark.parametrize(
    "behaviour",
    [
        hang_up,
        answer(b"<html>", "502 Bad"),
        answer(b"", "500 Oops"),
        answer(b""),
        envelope(None),
        envelope({}),
        envelope({"access_token": "", "refresh_token": "x"}),
        envelope(None, 36009003),
    ],
)
def test_a_refresh_without_a_clear_answer_is_unknown_and_sent_once(behaviour):
    with serving(behaviour) as server:
        with pytest.raises(errors.OutcomeUnknown):
            auth(server.url).refresh_token("ROW_old")
        assert len(server.requests) == 1


def test_a_code_is_never_exchanged_twice():
    with serving(hang_up) as server:
        with pytest.raises(errors.OutcomeUnknown):
            auth(server.url).get_token("code")
        assert len(server.requests) == 1


@pytest.mark.parametrize("behaviour", [hang_up, answer(b"", "500 Oops"), envelope(None, 36004001)])
def test_neither_secret_nor_token_stands_in_an_error_or_a_log(behaviour, caplog):
    caplog.set_level(logging.DEBUG)
    with serving(behaviour) as server, pytest.raises(errors.SyncError) as caught:
        auth(server.url).refresh_token("ROW_old")
    told = f"{caught.value!r} {caught.value} {caught.value.__dict__} {caplog.text}"
    assert caught.value.__context__ is None
    for secret in ("hush", "ROW_old"):
        assert secret not in told


def test_printing_tokens_shows_none():
    pair = TokenPair("ROW_access", 1, "ROW_refresh", 2, "open", "Shop", "US", ())
    assert repr(pair) == "TokenPair(open_id='open', access_expires_at=1)"


@pytest.mark.parametrize(
    "base",
    [
        "https://services.us.tiktokshop.com",
        "https://services.us.tiktokshop.com/",
        "https://services.us.tiktokshop.com/open/authorize",
    ],
)
def test_the_link_leads_to_the_page_where_the_seller_agrees(base: str):
    assert authorize_link(base, "7400000000000000001", "s&1") == (
        "https://services.us.tiktokshop.com/open/authorize"
        "?service_id=7400000000000000001&state=s%261"
    )


def test_the_link_keeps_a_prefix_of_the_base_address():
    link = authorize_link("http://127.0.0.1:9000/tiktok", "1", "s")
    assert link == "http://127.0.0.1:9000/tiktok/open/authorize?service_id=1&state=s"
