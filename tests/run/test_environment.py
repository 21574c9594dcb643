"""Making the virtual environment says in one line what is missing."""

import importlib.util
import shutil
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


@pytest.mark.parametrize("asked", [[], ["--dev"]])
def test_what_is_installed_is_not_installed_again(
    asked: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stamp = tmp_path / "installed"
    stamp.write_text(environment.fingerprint(environment.DEV))
    monkeypatch.setattr(environment, "STAMP", stamp)
    monkeypatch.setattr(environment, "works", lambda: True)
    monkeypatch.setattr(environment, "run", lambda command: pytest.fail("nothing is to be run"))
    monkeypatch.setattr(sys, "argv", ["environment.py", *asked])
    environment.main()


def test_the_tools_for_tests_are_added_to_what_runs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stamp = tmp_path / "installed"
    stamp.write_text(environment.fingerprint(environment.RUN))
    commands: list[list[str]] = []
    monkeypatch.setattr(environment, "STAMP", stamp)
    monkeypatch.setattr(environment, "works", lambda: True)
    monkeypatch.setattr(environment, "run", lambda command: not commands.append(command))
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(sys, "argv", ["environment.py", "--dev"])
    environment.main()
    assert [command[-1] for command in commands] == [str(environment.DEV[-1])]
    assert stamp.read_text() == environment.fingerprint(environment.DEV)
