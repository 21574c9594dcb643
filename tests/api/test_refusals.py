"""Whatever is refused, it is refused in one shape."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.api.cast import Cast, program
from tiktoksync.shops.models import ApiToken

URLS = ["products/", "orders/", "orders/1/", "links/", "shops/", "nothing/", "orders/1/nothing/"]


def error_of(response: Any, code: int) -> dict[str, Any]:
    assert response.status_code == code
    assert response["Content-Type"] == "application/json"
    body = response.json()
    assert list(body) == ["error"]
    error: dict[str, Any] = body["error"]
    assert sorted(error) == ["code", "fields", "message"]
    return error


@pytest.mark.parametrize("url", URLS)
def test_without_a_token_nothing_is_told(db: None, url: str) -> None:
    response = Client().get(f"/api/v1/{url}")

    error = error_of(response, 401)
    assert error["code"] == "not_authenticated"
    assert response["WWW-Authenticate"] == "Token"


@pytest.mark.parametrize("header", ["Token wrong", "Token", "Token a b", "Token é"])
def test_a_token_that_is_none_is_refused(db: None, header: str) -> None:
    error = error_of(Client(headers={"authorization": header}).get("/api/v1/shops/"), 401)

    assert error["code"] == "authentication_failed"


def test_a_signed_in_browser_is_no_program(cast: Cast, client: Client, admin_user: Any) -> None:
    client.force_login(admin_user)

    error_of(client.get("/api/v1/orders/"), 401)


def test_a_revoked_token_is_refused(cast: Cast) -> None:
    ApiToken.objects.update(revoked_at=timezone.now())

    error_of(program(cast.anna.token).get("/api/v1/orders/"), 401)


def test_an_address_that_does_not_exist_is_not_found(cast: Cast, anna: Client) -> None:
    for url in ("nothing/", "orders/1/nothing/", "links/x/"):
        error = error_of(anna.get(f"/api/v1/{url}"), 404)
        assert error == {
            "code": "not_found",
            "message": "There is nothing at this address.",
            "fields": {},
        }
        error_of(anna.post(f"/api/v1/{url}"), 404)


def test_a_method_that_does_not_exist_is_refused(cast: Cast, anna: Client) -> None:
    response = anna.put("/api/v1/orders/")

    assert error_of(response, 405)["code"] == "method_not_allowed"
    assert "GET" in response["Allow"]
    error_of(anna.delete("/api/v1/orders/1/"), 405)
    error_of(anna.post("/api/v1/shops/"), 405)


def test_a_form_is_no_json(cast: Cast, anna: Client) -> None:
    response: Any = anna.post("/api/v1/links/", "a=1", content_type="text/plain")

    assert error_of(response, 415)["code"] == "unsupported_media_type"


@pytest.mark.parametrize("body", ["{", "", "{'a': 1}", "\x00", '{"a": NaN}', b"\xff\xfe"])
def test_json_that_cannot_be_read_is_refused(cast: Cast, anna: Client, body: Any) -> None:
    response: Any = anna.post("/api/v1/links/", body, content_type="application/json")

    error = error_of(response, 400)
    assert error["code"] in ("parse_error", "invalid")


def test_a_browsers_accept_header_is_served_json(cast: Cast, anna: Client) -> None:
    accept = "text/html,application/xhtml+xml,*/*;q=0.8"

    assert anna.get("/api/v1/shops/", headers={"accept": accept}).status_code == 200
    error_of(anna.get("/api/v1/shops/", headers={"accept": "text/html"}), 406)


def test_a_bug_of_ours_is_told_in_the_same_shape(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(*args: Any) -> None:
        raise RuntimeError("the secret inside")

    monkeypatch.setattr("tiktoksync.shops.api.ShopViewSet.get_queryset", stumble)
    client = program(cast.anna.token)
    client.raise_request_exception = False

    error = error_of(client.get("/api/v1/shops/"), 500)

    assert error["message"] == "Something went wrong inside TikTokSync."
