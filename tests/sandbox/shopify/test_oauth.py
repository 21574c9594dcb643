"""Authorizing an app, and the three kinds of token."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from tests.sandbox.clients import Reply, Shopify, World, send
from tiktoksync.sandbox.shopify.oauth import query_hmac

BASE = "/shopify/demo-us.myshopify.com/admin/oauth"
CLIENT = {"client_id": "sandbox", "client_secret": "shpss_sandbox"}
BACK = "https://app.example.com/back"


def authorize(box: World, **change: str) -> Reply:
    query = {
        "client_id": "sandbox",
        "scope": "write_orders,read_products",
        "redirect_uri": BACK,
        "state": "nonce",
        **change,
    }
    return send(box.url, "GET", f"{BASE}/authorize?{urlencode(query)}")


def code_of(box: World) -> str:
    return dict(parse_qsl(urlsplit(authorize(box).headers["location"]).query))["code"]


def ask(box: World, as_json: bool = False, **form: str) -> Reply:
    body = json.dumps(form) if as_json else urlencode(form)
    kind = "application/json" if as_json else "application/x-www-form-urlencoded"
    return send(box.url, "POST", f"{BASE}/access_token", body.encode(), {"Content-Type": kind})


def works(box: World, token: str) -> bool:
    return Shopify(box.url, token=token).call("{ shop { name } }").status == 200


def refresh(box: World, token: str) -> Any:
    reply = ask(box, **CLIENT, grant_type="refresh_token", refresh_token=token)
    return reply.json if reply.status == 200 else reply.json["error"]


def test_the_published_hmac_of_a_query_string() -> None:
    message = (
        "code=0907a61c0c8d55e99db179b68161bc00&shop=some-shop.myshopify.com"
        "&state=0.6784241404160823&timestamp=1337178173"
    )
    wanted = "700e2dadb827fcc8609e9d5ce208b2e9cdaab9df07390d2cbca10d7c328fc4bf"
    assert query_hmac(parse_qsl(message), "hush") == wanted
    assert query_hmac([*reversed(parse_qsl(message)), ("hmac", "x")], "hush") == wanted


def test_the_merchant_comes_back_with_a_signed_code(box: World) -> None:
    reply = authorize(box)
    assert reply.status == 302
    assert reply.headers["location"].startswith(BACK + "?")
    found = dict(parse_qsl(urlsplit(reply.headers["location"]).query))
    assert (found["shop"], found["state"]) == ("demo-us.myshopify.com", "nonce")
    given = found.pop("hmac")
    message = "&".join(f"{key}={found[key]}" for key in sorted(found))
    wanted = hmac.new(b"shpss_sandbox", message.encode(), hashlib.sha256).hexdigest()
    assert given == wanted
    assert "=" not in found["host"]


def test_only_listed_addresses_and_known_apps_may_ask(box: World) -> None:
    apps = [{"api_key": "sandbox", "redirect_urls": [BACK]}]
    box.control.post("config", shopify={"apps": apps})
    assert authorize(box).status == 302
    assert authorize(box, redirect_uri=BACK + "/other").status == 400
    assert authorize(box, client_id="nobody").status == 400
    assert authorize(box, redirect_uri="javascript:alert(1)").status == 400


@pytest.mark.parametrize("as_json", [False, True])
def test_a_code_gives_a_token_that_does_not_expire(box: World, as_json: bool) -> None:
    code = code_of(box)
    answer = ask(box, as_json, **CLIENT, code=code).json
    assert set(answer) == {"access_token", "scope"}
    assert answer["scope"] == "write_orders,read_products"
    assert works(box, answer["access_token"])
    again = ask(box, **CLIENT, code=code)
    assert (again.status, again.json["error"]) == (400, "invalid_request")


def test_an_expiring_pair_rotates(box: World) -> None:
    first = ask(box, **CLIENT, code=code_of(box), expiring="1").json
    assert (first["expires_in"], first["refresh_token_expires_in"]) == (3600, 7776000)
    assert first["access_token"].startswith("shpat_")
    assert first["refresh_token"].startswith("shprt_")
    second = refresh(box, first["refresh_token"])
    assert second["refresh_token"] != first["refresh_token"]
    assert works(box, first["access_token"])
    assert works(box, second["access_token"])


def test_a_lost_answer_is_repaired_by_asking_again(box: World) -> None:
    first = ask(box, **CLIENT, code=code_of(box), expiring="1").json["refresh_token"]
    box.control.post("faults", action="drop_after", operation="oauth.access_token", times=1)
    with pytest.raises(ConnectionError):
        refresh(box, first)
    second = refresh(box, first)
    assert works(box, second["access_token"])
    assert refresh(box, first) == "invalid_grant"
    assert works(box, refresh(box, second["refresh_token"])["access_token"])


def test_using_the_new_refresh_token_retires_the_old_one(box: World) -> None:
    first = ask(box, **CLIENT, code=code_of(box), expiring="1").json["refresh_token"]
    second = refresh(box, first)["refresh_token"]
    third = refresh(box, second)["refresh_token"]
    assert refresh(box, first) == "invalid_grant"
    assert refresh(box, third)["expires_in"] == 3600


def test_expired_and_revoked_tokens(box: World) -> None:
    first = ask(box, **CLIENT, code=code_of(box), expiring="1").json
    box.control.post("tokens/expire", platform="shopify", shop="demo-us")
    assert not works(box, first["access_token"])
    assert works(box, refresh(box, first["refresh_token"])["access_token"])
    box.control.post("tokens/revoke", platform="shopify", shop="demo-us")
    assert refresh(box, first["refresh_token"]) == "invalid_grant"


def test_client_credentials_have_no_refresh_token(box: World) -> None:
    answer = ask(box, **CLIENT, grant_type="client_credentials").json
    assert set(answer) == {"access_token", "scope", "expires_in"}
    assert answer["expires_in"] == 86399
    assert works(box, answer["access_token"])


def test_the_secret_is_checked_and_other_grants_refused(box: World) -> None:
    wrong = ask(box, client_id="sandbox", client_secret="no", grant_type="client_credentials")
    assert (wrong.status, wrong.json["error"]) == (400, "invalid_client")
    other = ask(box, **CLIENT, grant_type="password")
    assert (other.status, other.json["error"]) == (400, "unsupported_grant_type")
    path = "/shopify/nobody.myshopify.com/admin/oauth/access_token"
    assert send(box.url, "POST", path, b"x=1").status == 404


TYPES = "urn:ietf:params:oauth:token-type:"
ACCESS = "urn:shopify:params:oauth:token-type:"
TRADE = {
    **CLIENT,
    "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
    "subject_token_type": TYPES + "id_token",
    "requested_token_type": ACCESS + "offline-access-token",
}
STORE = "https://demo-us.myshopify.com"


def session_token(secret: str = "shpss_sandbox", alg: str = "HS256", **change: Any) -> str:
    """A token as the store's admin signs it for an embedded page."""
    now = int(time.time())
    claims = {
        "iss": f"{STORE}/admin", "dest": STORE, "aud": "sandbox", "sub": "42",
        "exp": now + 60, "nbf": now - 1, "iat": now - 1, "jti": "j", "sid": "s", **change,
    }  # fmt: skip
    parts = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
        for part in ({"alg": alg, "typ": "JWT"}, claims)
    ]
    mark = hmac.new(secret.encode(), ".".join(parts).encode(), hashlib.sha256).digest()
    return ".".join([*parts, base64.urlsafe_b64encode(mark).rstrip(b"=").decode()])


def test_a_session_token_gives_an_offline_token_of_either_kind(box: World) -> None:
    endless = ask(box, **TRADE, subject_token=session_token()).json
    assert set(endless) == {"access_token", "scope"}
    pair = ask(box, as_json=True, **TRADE, subject_token=session_token(), expiring="1").json
    assert (pair["expires_in"], pair["refresh_token"][:6]) == (3600, "shprt_")
    assert works(box, endless["access_token"])
    assert works(box, pair["access_token"])
    assert "access_token" in refresh(box, pair["refresh_token"])


def test_a_session_token_gives_an_online_token_that_names_its_user(box: World) -> None:
    wanted = {**TRADE, "requested_token_type": ACCESS + "online-access-token"}
    answer = ask(box, **wanted, subject_token=session_token()).json
    assert (answer["expires_in"], answer["associated_user"]["account_owner"]) == (86399, True)
    assert "refresh_token" not in answer
    assert works(box, answer["access_token"])


@pytest.mark.parametrize(
    "change",
    [
        {"secret": "another"},
        {"alg": "none"},
        {"aud": "another-app"},
        {"dest": "https://demo-vn.myshopify.com"},
        {"iss": "https://demo-vn.myshopify.com/admin"},
        {"sub": ""},
        {"exp": int(time.time()) - 3600},
        {"nbf": int(time.time()) + 3600},
        {"exp": "soon"},
    ],
)
def test_a_session_token_that_is_not_quite_right_gives_nothing(
    box: World, change: dict[str, Any]
) -> None:
    before = box.control.get("oauth")
    reply = ask(box, **TRADE, subject_token=session_token(**change))
    assert (reply.status, reply.json["error"]) == (400, "invalid_subject_token")
    assert box.control.get("oauth") == before


@pytest.mark.parametrize("text", ["", "a.b", "a.b.c", "é.é.é"])
def test_what_is_no_session_token_gives_nothing(box: World, text: str) -> None:
    assert ask(box, **TRADE, subject_token=text).json["error"] == "invalid_subject_token"


def test_a_token_without_an_end_is_traded_once_for_a_pair(box: World) -> None:
    old = ask(box, **CLIENT, code=code_of(box)).json["access_token"]
    kind = {**TRADE, "subject_token_type": ACCESS + "offline-access-token"}
    assert ask(box, **kind, subject_token=old).json["error"] == "invalid_subject_token"
    pair = ask(box, **kind, subject_token=old, expiring="1").json
    assert pair["scope"] == "write_orders,read_products"
    assert (works(box, old), works(box, pair["access_token"])) == (False, True)
    again = ask(box, **kind, subject_token=old, expiring="1")
    assert (again.status, again.json["error"]) == (400, "invalid_subject_token")
    ended = ask(box, **kind, subject_token=pair["access_token"], expiring="1")
    assert ended.json["error"] == "invalid_subject_token"


def test_a_code_for_one_user_gives_an_online_token(box: World) -> None:
    back = authorize(box, **{"grant_options[]": "per-user"}).headers["location"]
    code = dict(parse_qsl(urlsplit(back).query))["code"]
    answer = ask(box, **CLIENT, code=code, expiring="1").json
    assert (answer["expires_in"], answer["associated_user_scope"]) == (
        86399,
        "write_orders,read_products",
    )
    assert "refresh_token" not in answer
