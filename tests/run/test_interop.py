"""The runner of other people's clients: what it installs, runs and refuses to call passed."""

import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tiktoksync.run import interop
from tiktoksync.run.interop import NotRun, Part

PAGE = """| Client | Call |
|---|---|
| `one` | reads |
| `@two/x` | writes, twice |
| three | not in code style |
"""


def row(client: str, call: str, *, passed: bool = True, result: str = "fine") -> dict[str, Any]:
    return {"client": client, "call": call, "result": result, "passed": passed}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A runner whose scripts and installations are in a scratch folder."""
    scripts = tmp_path / "scripts"
    scripts.mkdir()
    monkeypatch.setattr(interop, "FOLDER", scripts)
    monkeypatch.setattr(interop, "PLACE", tmp_path / "var")
    monkeypatch.setattr(interop, "PYTHON", tmp_path / "var/python")
    monkeypatch.setattr(interop, "NODE", tmp_path / "var/node")
    return tmp_path


def script(place: Path, text: str) -> Part:
    """A part that runs this program in the interpreter of the tests."""
    (place / "scripts/one.py").write_text(
        f"import json, os, sys\nfrom pathlib import Path\n{text}\n", "utf-8"
    )
    return Part("ours", "one.py")


def write(rows: list[dict[str, Any]]) -> str:
    text = "".join(json.dumps(one) + "\n" for one in rows)
    return f"Path(os.environ['INTEROP_VAR'], 'results.jsonl').write_text({text!r})"


def test_a_script_tells_its_checks(place: Path) -> None:
    rows = [row("one", "reads"), row("one", "writes", passed=False, result="Error: no")]
    part = script(place, write(rows) + "; print('aside')")
    assert interop.run_part(part, "http://127.0.0.1:1", place) == (rows, "aside\n")


def test_a_script_that_breaks_off_is_a_failed_check_beside_those_it_made(place: Path) -> None:
    part = script(place, write([row("one", "reads")]) + "; sys.exit('no such thing')")
    rows, _ = interop.run_part(part, "http://127.0.0.1:1", place)
    wanted = row("one.py", "the script itself", passed=False, result="ended with 1: no such thing")
    assert rows == [row("one", "reads"), wanted]


def test_a_script_that_checks_nothing_is_a_failed_check(place: Path) -> None:
    rows, _ = interop.run_part(script(place, ""), "http://127.0.0.1:1", place)
    assert rows == [row("one.py", "the script itself", passed=False, result="ended with 0: ")]


def test_a_script_that_hangs_is_ended(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interop, "PART_SECONDS", 0.5)
    part = script(place, "import threading; threading.Event().wait()")
    rows, _ = interop.run_part(part, "http://127.0.0.1:1", place)
    assert rows[0]["result"] == "ended with -1: no end after 0.5 s"


def test_the_results_of_one_script_are_not_taken_for_the_next_ones(place: Path) -> None:
    interop.run_part(script(place, write([row("one", "reads")])), "http://127.0.0.1:1", place)
    rows, _ = interop.run_part(script(place, ""), "http://127.0.0.1:1", place)
    assert [one["passed"] for one in rows] == [False]


def test_a_page_lists_checks_in_rows_of_two_cells() -> None:
    assert interop.documented(PAGE) == {("one", "reads"), ("@two/x", "writes, twice")}


def test_what_was_listed_must_run_and_what_ran_must_be_listed() -> None:
    listed = interop.documented(PAGE)
    ran = [row("one", "reads"), row("@two/x", "writes, twice")]
    assert interop.compare(ran, listed) == []
    told = interop.compare([row("one", "reads"), row("one", "sings")], listed)
    assert [(one["client"], one["call"], one["passed"]) for one in told] == [
        ("@two/x", "writes, twice", False),
        ("one", "sings", False),
    ]
    assert [one["result"] for one in told] == [
        "listed in interop.md, but it did not run",
        "ran, but interop.md does not list it",
    ]


def test_a_line_names_client_call_and_result() -> None:
    out = io.StringIO()
    interop.show([row("one", "reads"), row("one", "writes", passed=False, result="no")], out)
    assert out.getvalue() == "one | reads | fine\none | writes | FAILED: no\n"


def test_the_summary_counts_by_client() -> None:
    rows = [row("one", "a"), row("one", "b", passed=False), row("longer", "c")]
    assert interop.summary(rows) == (
        "\nclient  passed  failed\none          1       1\nlonger       1       0\n"
        "\ninterop: 2 passed, 1 failed"
    )


@pytest.fixture
def install(place: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """Install with commands that are written down instead of run."""
    for name in ("requirements.txt", "package.json", "package-lock.json"):
        (place / "scripts" / name).write_text("pinned")

    def run() -> list[str]:
        called = []

        def note(command: list[str], _folder: Path, what: str) -> None:
            called.append(what)
            if "venv" in command:
                Path(command[-1]).mkdir()
            if command[0] == "npm":
                assert "--ignore-scripts" in command

        monkeypatch.setattr(interop, "call", note)
        monkeypatch.setattr(interop, "check_node", lambda: None)
        interop.install()
        return called

    return run


def test_clients_are_installed_once_and_again_when_the_list_changes(
    install: Callable[[], list[str]], place: Path
) -> None:
    python, node = ["the Python clients"] * 2, ["the Node clients"]
    assert install() == [*python, *node]
    assert install() == []
    (place / "scripts/package-lock.json").write_text("changed")
    assert install() == node
    (place / "scripts/requirements.txt").write_text("changed")
    assert install() == python


def test_a_client_that_cannot_be_installed_is_named(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import sys; sys.exit('no such version')"]
    with pytest.raises(NotRun, match=r"^it could not be installed: no such version$"):
        interop.call(command, tmp_path, "it")
    with pytest.raises(NotRun, match=r"^it could not be installed: .*nothing-there"):
        interop.call(["/nothing-there"], tmp_path, "it")


def test_the_reason_is_the_first_error_or_the_last_word() -> None:
    assert (
        interop.reason_of("warn a\nnpm error code E404\nnpm error a log") == "npm error code E404"
    )
    assert interop.reason_of("one\ntwo\n") == "two"
    assert interop.reason_of("") == "no reason was given"


@pytest.mark.parametrize(("said", "fits"), [("v20.20.2", True), ("v18.19.1", False), ("", False)])
def test_an_old_node_is_not_enough(said: str, fits: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    done = subprocess.CompletedProcess([], 0, said, "")
    monkeypatch.setattr(interop.shutil, "which", lambda name: f"/bin/{name}")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: done)
    if fits:
        interop.check_node()
    else:
        with pytest.raises(NotRun, match=f"this one is {said or 'unusable'}"):
            interop.check_node()


def test_without_node_it_says_so_and_fails(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(interop, "install_python", lambda _: None)
    monkeypatch.setattr(interop, "run_all", lambda _: pytest.fail("nothing is to be run"))
    monkeypatch.setenv("PATH", str(place))
    assert interop.main([]) == 1
    said = "interop: NOT run, the Node clients could not be installed: there is no node\n"
    assert capsys.readouterr().out == said


@pytest.mark.parametrize("passed", [True, False])
def test_one_failed_check_fails_the_run(
    passed: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [row("one", "reads"), row("one", "writes", passed=passed)]
    monkeypatch.setattr(interop, "install", lambda: None)
    monkeypatch.setattr(interop, "run_all", lambda _: rows)
    assert interop.main(["--json"]) == (0 if passed else 1)
    told = json.loads(capsys.readouterr().out)
    assert told["checks"] == rows
    assert (told["passed"], told["failed"]) == ((2, 0) if passed else (1, 1))


def test_a_run_has_a_sandbox_of_its_own(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    part = script(
        place,
        "from urllib.request import urlopen\n"
        "state = json.load(urlopen(os.environ['INTEROP_SANDBOX'] + '/sandbox/api/state'))\n"
        "found = {'client': 'one', 'call': 'reads', 'passed': True,\n"
        "         'result': str(len(state['tiktok']))}\n"
        "Path(os.environ['INTEROP_VAR'], 'results.jsonl').write_text(json.dumps(found))",
    )
    page = place / "interop.md"
    page.write_text("| `one` | reads |\n| `one` | writes |\n")
    monkeypatch.setattr(interop, "DOCUMENT", page)
    monkeypatch.setattr(interop, "PARTS", (part,))
    rows = interop.run_all(io.StringIO())
    lost = row("one", "writes", passed=False, result="listed in interop.md, but it did not run")
    assert rows == [row("one", "reads", result="2"), lost]


def test_every_script_of_the_folder_is_run() -> None:
    scripts = {path.name for path in interop.FOLDER.glob("*.*") if path.suffix in (".py", ".mjs")}
    assert {part.script for part in interop.PARTS} == scripts - {"checks.py", "checks.mjs"}


def test_what_is_installed_is_pinned_and_names_no_registry() -> None:
    wanted = [
        line
        for line in (interop.FOLDER / "requirements.txt").read_text("utf-8").splitlines()
        if not line.startswith("#")
    ]
    assert [line for line in wanted if not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []
    package = json.loads((interop.FOLDER / "package.json").read_text("utf-8"))
    assert [
        one for one in package["dependencies"].values() if not re.fullmatch(r"[\d.]+", one)
    ] == []
    lock = json.loads((interop.FOLDER / "package-lock.json").read_text("utf-8"))
    assert lock["packages"][""]["dependencies"] == package["dependencies"]
    packages = {name: one for name, one in lock["packages"].items() if name}
    assert [name for name, one in packages.items() if "integrity" not in one] == []
    assert [name for name, one in packages.items() if "resolved" in one] == []


def test_the_page_names_the_clients_in_their_pinned_versions() -> None:
    page = interop.DOCUMENT.read_text("utf-8")
    listed = {client for client, _ in interop.documented(page)} - {"TikTokSync"}
    package = json.loads((interop.FOLDER / "package.json").read_text("utf-8"))
    pins = dict(package["dependencies"])
    requirements = (interop.FOLDER / "requirements.txt").read_text("utf-8")
    pins |= dict(re.findall(r"^([\w-]+)==(.+)$", requirements, re.MULTILINE))
    assert len(listed) == 6
    assert [name for name in sorted(listed) if f"`{name}` {pins[name]} " not in page] == []
