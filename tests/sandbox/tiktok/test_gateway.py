"""The front door: the checks, their order, their codes and their HTTP statuses."""

import json
import re
import time
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from tests.sandbox.clients import VN, World

SEARCH = "/order/202309/orders/search"
SHOPS = "/authorization/202309/shops"


def code(reply: Any) -> tuple[int, int]:
    return reply.status, reply.json["code"]


def test_a_success_has_the_envelope_in_alphabetical_order(box: World) -> None:
    reply = box.us.call("POST", SEARCH, page_size=10)
    assert list(reply.json) == ["code", "data", "message", "request_id"]
    assert (reply.json["code"], reply.json["message"]) == (0, "Success")
    assert re.fullmatch(r"20\d{12}[0-9A-F]{20}", reply.json["request_id"])


def test_every_check_comes_in_the_gateways_order(box: World) -> None:
    """Each call is wrong in one more respect; the earliest mistake is the one that is told."""
    call = box.us.call
    wrong: dict[str, Any] = {"cipher": "nobody", "page_size": "0"}
    told = [code(call("POST", SEARCH, **wrong))]
    wrong["token"] = "unknown"
    told.append(code(call("POST", SEARCH, **wrong)))
    wrong["sign"] = "0" * 64
    told.append(code(call("POST", SEARCH, **wrong)))
    wrong["sign"] = ""
    told.append(code(call("POST", SEARCH, **wrong)))
    wrong["timestamp"] = 1
    told.append(code(call("POST", SEARCH, **wrong)))
    wrong["key"] = "nobody"
    told.append(code(call("POST", SEARCH, **wrong)))
    told.append(code(call("GET", SEARCH, **wrong)))
    told.append(code(call("GET", "/order/209901/orders/search", **wrong)))
    told.append(code(call("GET", "/order/202309/nothing", **wrong)))
    assert told == [
        (401, 101000),
        (400, 36009004),
        (401, 106001),
        (400, 36009004),
        (400, 36009004),
        (400, 36009004),
        (405, 36009010),
        (404, 36009014),
        (404, 36009009),
    ]


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"key": "nobody"}, "`app_key`"),
        ({"seconds_off": -400}, "earlier than 5 minutes"),
        ({"seconds_off": 300}, "more than 30 seconds"),
        ({"timestamp": -5}, "lesser than 0"),
        ({"sign": ""}, "required signature"),
        ({"token": "unknown"}, "`x-tts-access-token` header is invalid"),
    ],
)
def test_one_code_says_several_things_by_its_text(
    box: World, change: dict[str, Any], part: str
) -> None:
    if "seconds_off" in change:
        change = {"timestamp": int(time.time()) + change["seconds_off"]}
    reply = box.us.call("POST", SEARCH, **change)
    assert code(reply) == (400, 36009004)
    assert part in reply.json["message"]


def test_the_timestamp_window_is_five_minutes_back_and_thirty_seconds_ahead(box: World) -> None:
    for seconds, wanted in ((-290, 0), (20, 0), (-310, 36009004), (45, 36009004)):
        at = int(time.time()) + seconds
        assert box.us.call("POST", SEARCH, timestamp=at).json["code"] == wanted


def test_a_missing_cipher_is_told_apart_from_a_wrong_one(box: World) -> None:
    assert code(box.us.call("POST", SEARCH, cipher="")) == (400, 106013)
    assert code(box.us.call("POST", SEARCH, cipher=VN[0])) == (401, 101000)


def test_shops_take_no_cipher_and_a_strict_sandbox_refuses_one(box: World) -> None:
    assert box.us.call("GET", SHOPS).json["code"] == 0
    box.control.post("config", strict=True)
    assert code(box.us.call("GET", SHOPS)) == (400, 36009004)
    assert code(box.us.call("GET", SHOPS, cipher="")) == (200, 0)


def test_an_expired_token_is_105002_and_a_revoked_one_is_invalid(box: World) -> None:
    box.control.post("tokens/expire", shop="US")
    assert code(box.us.call("POST", SEARCH)) == (401, 105002)
    box.control.post("tokens/revoke", shop="US")
    assert code(box.us.call("POST", SEARCH)) == (400, 36009004)
    assert box.vn.call("POST", SEARCH).json["code"] == 0


def test_a_token_without_the_scope_is_refused(box: World) -> None:
    shops = box.control.get("config")["tiktok"]["shops"]
    shops[0]["scopes"] = ["seller.authorization.info"]
    box.control.post("reset", config={"tiktok": {"shops": shops}})
    assert code(box.us.call("POST", SEARCH)) == (403, 105005)
    assert box.us.call("GET", SHOPS, cipher="").json["code"] == 0


def test_the_prefix_is_no_part_of_the_signed_path(box: World) -> None:
    box.us.prefix = "/tiktok"
    assert box.us.call("POST", SEARCH).json["code"] == 0


def test_a_body_that_is_no_json_object_is_refused(box: World) -> None:
    reply = box.us.call("POST", SEARCH, [1])  # type: ignore[arg-type]
    assert reply.json["code"] == 36009004
    assert box.us.call("POST", SEARCH, {}).json["code"] == 0


def test_array_parameters_are_joined_or_repeated(box: World) -> None:
    ids = [box.control.place() for _ in range(3)]
    for value in (",".join(ids), ids):
        orders = box.us.data("GET", "/order/202507/orders", ids=value)["orders"]
        assert [one["id"] for one in orders] == ids


def test_every_call_is_logged_with_its_outcome_and_its_token(box: World) -> None:
    box.us.call("POST", SEARCH)
    box.us.call("POST", SEARCH, sign="0" * 64)
    box.control.get("state")
    log = box.log()
    rows = [(one["operation"], one["status"], one["code"], one["token_tag"], one["shop"])
            for one in log["entries"]]  # fmt: skip
    shop = "7495000000000000001"
    assert rows == [
        ("order.search", 200, "0", f"{shop}#0", shop),
        ("order.search", 401, "106001", "", shop),
    ]
    assert log["counts"] == {"tiktok:order.search": 2}


def test_a_skewed_clock_shows_in_the_date_and_moves_the_window(box: World) -> None:
    box.control.post("faults", action="clock_skew", platform="tiktok", seconds=600)
    reply = box.us.call("POST", SEARCH)
    assert code(reply) == (400, 36009004)
    at = int(time.time()) + 600
    assert box.us.call("POST", SEARCH, timestamp=at).json["code"] == 0
    ahead = parsedate_to_datetime(reply.headers["date"]).timestamp() - time.time()
    assert 595 < ahead < 605


def test_a_fault_spoils_only_what_it_matches_and_only_so_often(box: World) -> None:
    box.control.post("faults", action="throttle", operation="order.*", times=1, retry_after="2.0")
    first, second = box.us.call("POST", SEARCH), box.us.call("POST", SEARCH)
    assert (first.status, first.json["code"]) == (429, 36009002)
    assert first.headers["retry-after"] == "2.0"
    assert second.json["code"] == 0
    assert json.loads(box.us.call("GET", SHOPS, cipher="").raw)["code"] == 0
