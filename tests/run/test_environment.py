"""Making the virtual environment says in one line what is missing."""

import importlib.util
import sys
from pathlib import Path

import pytest

from tiktoksync.run import environment


def test_an_old_python_without_a_newer_one_is_told_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SystemExit) as ended:
        environment.find_python()
    assert ended.value.code == 2
    assert capsys.readouterr().err == (
        "TikTokSync needs Python 3.11 or newer; this is 3.9. "
        "Name another one with: make PYTHON=/path/to/python3\n"
    )


def test_a_python_without_ensurepip_is_told_which_package_brings_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "ensurepip" else 1
    )
    monkeypatch.setattr(environment, "run", lambda command: pytest.fail("nothing is to be run"))
    with pytest.raises(SystemExit) as ended:
        environment.make_venv(None)
    assert ended.value.code == 2
    assert "ensurepip module is missing" in capsys.readouterr().err


def test_a_changed_list_is_installed_again(tmp_path: Path) -> None:
    wanted = tmp_path / "requirements.txt"
    wanted.write_text("django\n")
    before = environment.fingerprint([wanted])
    assert environment.fingerprint([wanted]) == before
    wanted.write_text("django\nrq\n")
    assert environment.fingerprint([wanted]) != before


def test_pip_takes_over_when_uv_cannot_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    commands: list[list[str]] = []

    def run(command: list[str]) -> bool:
        commands.append(command)
        return command[0] != "uv"

    monkeypatch.setattr(environment, "run", run)
    environment.install("uv", tmp_path / "requirements.txt")
    assert [command[0] for command in commands] == ["uv", str(environment.PYTHON)]


def test_an_environment_that_is_up_to_date_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "works", lambda: True)
    monkeypatch.setattr(environment, "fingerprint", lambda files: "same")
    monkeypatch.setattr(Path, "exists", lambda self: True)
    monkeypatch.setattr(Path, "read_text", lambda self: "same")
    monkeypatch.setattr(environment, "run", lambda command: pytest.fail("nothing is to be run"))
    monkeypatch.setattr(sys, "argv", ["environment.py"])
    environment.main()
