"""demo-check ends with the truth: it names the step that was not seen, and stops everything."""

import json
from typing import Any

import pytest

from tiktoksync.demo import check
from tiktoksync.demo.installation import StartFailed
from tiktoksync.demo.tell import Teller
from tiktoksync.demo.watching import StepFailed, wait_for
from tiktoksync.demo.web import NoAnswer


class FakeInstallation:
    """Starts and stops as told."""

    def __init__(self, *, clean: bool = True, starts: bool = True) -> None:
        self.clean = clean
        self.starts = starts
        self.calls: list[str] = []

    def start(self) -> None:
        self.calls.append("start")
        if not self.starts:
            raise StartFailed("stack did not start")

    def stop(self) -> bool:
        self.calls.append("stop")
        return self.clean


def run(
    installation: FakeInstallation, capsys: pytest.CaptureFixture[str]
) -> tuple[bool, list[dict[str, Any]]]:
    passed = check.run_check(installation, Teller(as_json=True))  # type: ignore[arg-type]
    return passed, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_it_passes_when_every_step_was_seen(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(check, "travel", lambda installation, teller: teller.step("seen"))
    installation = FakeInstallation()
    passed, lines = run(installation, capsys)
    assert passed is True
    assert [line["ok"] for line in lines] == [True, True, True]
    assert lines[1]["step"] == "seen"
    assert installation.calls == ["start", "stop"]


@pytest.mark.parametrize(
    ("error", "step"),
    [
        (StepFailed("us-gift: in transit in the app", "it is DELIVERED"), "us-gift: in transit"),
        (NoAnswer("GET /api/v1/orders/: refused"), "asking"),
    ],
)
def test_it_names_the_step_that_was_not_seen_and_stops_everything(
    error: Exception,
    step: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def travel(*_: Any) -> None:
        raise error

    monkeypatch.setattr(check, "travel", travel)
    installation = FakeInstallation()
    passed, lines = run(installation, capsys)
    assert passed is False
    failed = [line for line in lines if not line["ok"]]
    assert len(failed) == 1
    assert failed[0]["step"].startswith(step)
    assert installation.calls == ["start", "stop"]


def test_a_stack_that_does_not_start_is_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    passed, lines = run(FakeInstallation(starts=False), capsys)
    assert passed is False
    assert (lines[0]["step"], lines[0]["ok"]) == ("start", False)


def test_a_process_that_had_to_be_killed_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(check, "travel", lambda installation, teller: None)
    passed, lines = run(FakeInstallation(clean=False), capsys)
    assert passed is False
    assert lines[-1]["ok"] is False


def test_waiting_ends_with_what_stood_in_the_way() -> None:
    with pytest.raises(StepFailed, match="not seen within 0 s: it is ON_HOLD"):
        wait_for("order released", lambda: "it is ON_HOLD", seconds=0)


def test_waiting_ends_as_soon_as_nothing_stands_in_the_way() -> None:
    asked: list[str] = []

    def look() -> str:
        asked.append("")
        return ""

    wait_for("order released", look, seconds=0)
    assert len(asked) == 1
