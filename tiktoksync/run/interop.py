"""Runs other people's Shopify and TikTok Shop clients, unchanged, against the sandbox.

`python -m tiktoksync.run.interop [--json]` installs the clients that tests/interop pins into
var/interop, starts a sandbox, lets each client make its calls, and lets the clients and our own
signatures judge each other. Exit code 1 if a check fails, if one that docs/interop.md lists did not
run, or if a client could not be installed: a proof that did not run has not passed.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from tiktoksync.run.environment import fingerprint

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "tests/interop"
DOCUMENT = ROOT / "docs/interop.md"
QUERIES = ROOT / "tiktoksync/shopify/queries"
PLACE = ROOT / "var/interop"
PYTHON, NODE = PLACE / "python", PLACE / "node"
INSTALL_SECONDS, PART_SECONDS = 300, 120
OLDEST_NODE = 20

Row = dict[str, Any]


class NotRun(Exception):
    """A client or the sandbox cannot be had here; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Part:
    """One script of the run: which interpreter, which file of tests/interop, which arguments."""

    runner: str
    script: str
    arguments: tuple[str, ...] = ()


PARTS = (
    Part("ours", "our_side.py", ("sign",)),
    Part("python", "client_tiktok_shop_api.py"),
    Part("python", "client_tiktok_shop_api_writes.py"),
    Part("python", "client_tiktok_shop_api_products.py"),
    Part("python", "client_tiktok_shop_api_models.py"),
    Part("node", "client_tiktok_shop_sdk.mjs"),
    Part("python", "client_shopifyapp.py"),
    Part("python", "client_shopify_api_python.py"),
    Part("node", "client_shopify_api.mjs"),
    Part("node", "client_shopify_products.mjs"),
    Part("node", "client_admin_api.mjs"),
    Part("ours", "our_side.py", ("judge",)),
)


def install() -> None:
    """Bring var/interop up to date; nothing happens when it is.

    Raises:
        NotRun: a client or what it runs on is not to be had.
    """
    PLACE.mkdir(parents=True, exist_ok=True)
    install_python([FOLDER / "requirements.txt"])
    install_node([FOLDER / "package.json", FOLDER / "package-lock.json"])


def install_python(files: list[Path]) -> None:
    """The Python clients, in an environment of their own, exactly as listed."""
    stamp = PYTHON / "installed"
    if stamp.exists() and stamp.read_text() == fingerprint(files):
        return
    what = "the Python clients"
    shutil.rmtree(PYTHON, ignore_errors=True)
    uv = shutil.which("uv")
    make = [uv, "venv", "--seed", "-q"] if uv else [sys.executable, "-m", "venv"]
    call([*make, str(PYTHON)], ROOT, what)
    pip = [str(PYTHON / "bin/python"), "-m", "pip", "install", "--quiet", "--no-deps"]
    call([*pip, "--disable-pip-version-check", "-r", str(files[0])], ROOT, what)
    stamp.write_text(fingerprint(files))


def install_node(files: list[Path]) -> None:
    """The Node clients, without running any script of theirs or of what they need."""
    check_node()
    stamp = NODE / "installed"
    if stamp.exists() and stamp.read_text() == fingerprint(files):
        return
    what = "the Node clients"
    shutil.rmtree(NODE, ignore_errors=True)
    NODE.mkdir()
    for file in files:
        shutil.copy(file, NODE)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    call(command, NODE, what)
    stamp.write_text(fingerprint(files))


def check_node() -> None:
    """Raise NotRun unless npm and a Node that the clients run on are there."""
    missing = [name for name in ("node", "npm") if shutil.which(name) is None]
    if missing:
        raise NotRun(f"the Node clients could not be installed: there is no {missing[0]}")
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False)
    found = re.match(r"v(\d+)", said.stdout)
    if found is None or int(found[1]) < OLDEST_NODE:
        version = said.stdout.strip() or "unusable"
        raise NotRun(f"the Node clients need Node {OLDEST_NODE} or newer; this one is {version}")


def call(command: list[str], folder: Path, what: str) -> None:
    """Run one step of an installation; NotRun names what it was for."""
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=INSTALL_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotRun(f"{what} could not be installed: {error}") from error
    if done.returncode != 0:
        raise NotRun(f"{what} could not be installed: {reason_of(done.stderr or done.stdout)}")


def reason_of(said: str) -> str:
    """The line that tells most of what an installer said: the first with an error, or the last."""
    lines = said.strip().splitlines() or ["no reason was given"]
    return next((line for line in lines if "error" in line.lower()), lines[-1])


@contextmanager
def sandbox() -> Iterator[str]:
    """A sandbox of this run's own; gives its address."""
    command = [sys.executable, "-m", "tiktoksync.sandbox", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            if "ready" not in line:
                raise NotRun("the sandbox did not start")
            yield line.split()[-1]
        finally:
            process.terminate()


def run_part(part: Part, address: str, scratch: Path) -> tuple[list[Row], str]:
    """The checks that one script made, and what it said aside.

    A script that does not come to its end is a failed check of its own.
    """
    results = scratch / "results.jsonl"
    results.unlink(missing_ok=True)
    code, said = launch(part, {"INTEROP_SANDBOX": address, "INTEROP_VAR": str(scratch)})
    text = results.read_text("utf-8") if results.exists() else ""
    rows = [json.loads(line) for line in text.splitlines()]
    if code != 0 or not rows:
        last = said.strip().rpartition("\n")[2]
        rows.append(failure(part.script, "the script itself", f"ended with {code}: {last}"))
    return rows, said


def launch(part: Part, env: dict[str, str]) -> tuple[int, str]:
    """Run a script to its end; the exit code and everything it said."""
    ours = os.pathsep.join([str(ROOT), str(FOLDER)])
    more = {
        "INTEROP_QUERIES": str(QUERIES),
        "PYTHONPATH": ours if part.runner == "ours" else "",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    try:
        done = subprocess.run(
            [*command_of(part), *part.arguments],
            cwd=ROOT,
            env={**os.environ, **env, **more},
            capture_output=True,
            text=True,
            timeout=PART_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return -1, f"no end after {PART_SECONDS} s"
    return done.returncode, done.stdout + done.stderr


def command_of(part: Part) -> list[str]:
    """The command line of a script; Node looks for packages beside it, so it gets a copy."""
    if part.runner == "node":
        for module in FOLDER.glob("*.mjs"):
            shutil.copy(module, NODE)
        return ["node", str(NODE / part.script)]
    python = sys.executable if part.runner == "ours" else str(PYTHON / "bin/python")
    return [python, str(FOLDER / part.script)]


def failure(client: str, call_name: str, result: str) -> Row:
    return {"client": client, "call": call_name, "result": result, "passed": False}


def documented(text: str) -> set[tuple[str, str]]:
    """The checks that a page lists: rows of two cells, a client and a call."""
    cells = re.findall(r"^\| `([^`|]+)` \| ([^|]+?) \|$", text, re.MULTILINE)
    return {(client, call_name) for client, call_name in cells}


def compare(rows: list[Row], listed: set[tuple[str, str]]) -> list[Row]:
    """A failed check for each one that was listed and did not run, or ran and is not listed."""
    ran = {(row["client"], row["call"]) for row in rows}
    page = DOCUMENT.name
    lost = [failure(*one, f"listed in {page}, but it did not run") for one in sorted(listed - ran)]
    new = [failure(*one, f"ran, but {page} does not list it") for one in sorted(ran - listed)]
    return lost + new


def show(rows: list[Row], out: TextIO) -> None:
    """A line for each check: client | call | result."""
    for row in rows:
        mark = "" if row["passed"] else "FAILED: "
        out.write(f"{row['client']} | {row['call']} | {mark}{row['result']}\n")
    out.flush()


def summary(rows: list[Row]) -> str:
    """A table by client, and the closing line."""
    clients = list(dict.fromkeys(row["client"] for row in rows))
    width = max(map(len, ["client", *clients]))
    lines = [f"{'client':{width}}  passed  failed"]
    for client in clients:
        good = [row["passed"] for row in rows if row["client"] == client]
        lines.append(f"{client:{width}}  {sum(good):6}  {len(good) - sum(good):6}")
    passed = sum(row["passed"] for row in rows)
    return "\n".join(["", *lines, "", f"interop: {passed} passed, {len(rows) - passed} failed"])


def run_all(out: TextIO) -> list[Row]:
    """Every part against one sandbox; what a failing one said aside goes to stderr."""
    rows: list[Row] = []
    with sandbox() as address, tempfile.TemporaryDirectory(prefix="tiktoksync-interop-") as name:
        for part in PARTS:
            found, said = run_part(part, address, Path(name))
            show(found, out)
            if not all(row["passed"] for row in found):
                sys.stderr.write(said)
            rows += found
    lost = compare(rows, documented(DOCUMENT.read_text("utf-8")))
    show(lost, out)
    return rows + lost


def main(arguments: list[str]) -> int:
    """Install, run, tell."""
    as_json = "--json" in arguments
    out = sys.stderr if as_json else sys.stdout
    started = time.monotonic()
    try:
        install()
        rows = run_all(out)
    except NotRun as error:
        sys.stdout.write(f"interop: NOT run, {error}\n")
        return 1
    good = all(row["passed"] for row in rows)
    seconds = round(time.monotonic() - started, 1)
    if as_json:
        counts = {"passed": sum(row["passed"] for row in rows), "seconds": seconds}
        counts["failed"] = len(rows) - counts["passed"]
        sys.stdout.write(json.dumps({"checks": rows, **counts}, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(f"{summary(rows)}\n({seconds} s)\n")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
