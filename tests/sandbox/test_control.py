"""The control API as a whole, the configuration and the process."""

import json
import subprocess
import sys
from pathlib import Path

from tests.sandbox.clients import World, send
from tests.sandbox.shopify.orders import create
from tiktoksync.sandbox.config import complete_config, read_config
from tiktoksync.sandbox.server import start


def test_the_summary_counts_orders_and_calls(box: World) -> None:
    box.control.place()
    box.control.place(hold=True)
    create(box.store)
    state = box.control.get("state")
    assert state["tiktok"][0]["orders"] == {"AWAITING_SHIPMENT": 1, "ON_HOLD": 1}
    assert [one["orders"] for one in state["shopify"]] == [1, 0]
    assert state["calls"] == {"shopify:orderCreate": 1}
    assert state["hold_seconds"] == 3600


def test_the_log_is_read_from_a_number_on_and_by_platform(box: World) -> None:
    box.us.call("POST", "/order/202309/orders/search")
    last = box.log()["last"]
    create(box.store)
    assert [one["operation"] for one in box.log(since=last)["entries"]] == ["orderCreate"]
    assert box.log(platform="tiktok")["counts"] == {"tiktok:order.search": 1}
    assert len(box.log(limit=1)["entries"]) == 1
    assert box.log()["points"] == 11
    box.control.post("log/reset")
    assert (box.log()["entries"], box.log()["writes"]) == ([], [])


def test_a_reset_empties_the_world_and_may_change_it(box: World) -> None:
    box.control.place()
    box.control.post("faults", action="empty")
    state = box.control.post("reset", config={"hold_seconds": 5})
    assert state["tiktok"][0]["orders"] == {}
    assert (state["faults"], state["hold_seconds"]) == (0, 5)
    box.control.post("reset")
    assert box.control.get("config")["hold_seconds"] == 3600


def test_what_cannot_be_done_is_said_and_does_nothing(box: World) -> None:
    assert box.control.ask("POST", "nothing", {}).status == 404
    assert box.control.ask("POST", "orders/1/pay", {}).status == 404
    assert box.control.ask("POST", "shopify/orders/1/fulfill", {}).status == 404
    assert box.control.ask("POST", "shopify/availability", {"status": 418}).status == 400
    assert box.control.ask("POST", "clock/advance", {"seconds": "soon"}).status == 400
    assert send(box.url, "POST", "/sandbox/api/orders", b"{").status == 400
    assert box.log()["entries"] == []


def test_everything_to_connect_with_can_be_asked_for(box: World) -> None:
    found = box.control.get("oauth")
    assert found["tiktok"]["apps"][0]["app_secret"] == "sandbox-tiktok-secret"
    assert found["tiktok"]["shops"][1]["access_token"] == "ROW_sandbox-vn-access"
    assert found["shopify"]["shops"][0]["tokens"] == ["shpat_sandbox-us"]


def test_objects_merge_and_lists_replace(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"bucket": {"maximum": 5}, "tiktok": {"shops": [{"id": "1"}]}}))
    config = read_config(path)
    assert config["bucket"] == {"maximum": 5, "restore_rate": 100}
    assert [one["id"] for one in config["tiktok"]["shops"]] == ["1"]
    assert config["tiktok"]["shops"][0]["currency"] == "USD"
    assert config["tiktok"]["apps"][0]["app_key"] == "sandbox"
    assert len(complete_config()["tiktok"]["shops"]) == 2


def test_two_sandboxes_share_nothing(box: World) -> None:
    other = start()
    try:
        box.control.place()
        state = send(other.url, "GET", "/sandbox/api/state").json
        assert state["tiktok"][0]["orders"] == {}
    finally:
        other.stop()


def test_the_process_says_when_it_is_ready_and_ends_on_a_signal() -> None:
    command = [sys.executable, "-m", "tiktoksync.sandbox", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        words = process.stdout.readline().split()
        assert words[:2] == ["sandbox", "ready"]
        assert send(words[2], "GET", "/sandbox/api/state").status == 200
    finally:
        process.terminate()
        _, said = process.communicate(timeout=10)
    assert (process.returncode, said) == (0, "")


def test_the_package_imports_nothing_of_the_rest() -> None:
    code = (
        "import sys, tiktoksync.sandbox.server; "
        "print([m for m in sys.modules if m.split('.')[0] in "
        "('django', 'requests', 'orders', 'products') or "
        "(m.startswith('tiktoksync.') and not m.startswith('tiktoksync.sandbox'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
