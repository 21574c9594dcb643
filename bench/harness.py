"""A whole installation of its own for one measure: sandbox, queue server, database, processes."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results"
SHOP, STORE = "7495000000000000001", "demo-us.myshopify.com"
TOKEN = "shpat_sandbox-us"
MOST_SECONDS = 600.0


@dataclass
class Installation:
    """One application at `root`, connected to one sandbox; `folder` holds all it writes."""

    root: Path
    folder: Path
    url: str
    env: dict[str, str]
    children: list[subprocess.Popen[Any]] = field(default_factory=list)

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """One call of the sandbox's control API."""
        data = None if method == "GET" else json.dumps(body or {}).encode()
        request = Request(f"{self.url}/sandbox/api/{path}", data, method=method)
        request.add_header("Content-Type", "application/json")
        with urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def manage(self, *arguments: str) -> None:
        """One management command in the foreground."""
        command = [sys.executable, "manage.py", *arguments]
        subprocess.run(command, cwd=self.root, env=self.env, check=True, stdout=subprocess.DEVNULL)

    def begin(self, *arguments: str, cwd: Path | None = None) -> subprocess.Popen[Any]:
        """A process that runs beside the others until the end."""
        with (self.folder / "processes.log").open("ab") as log:
            child = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=cwd or self.root,
                env=self.env,
                stdout=log,
                stderr=log,
            )
        self.children.append(child)
        return child

    def begin_workers(self, count: int) -> None:
        """Workers of both queues, and cron, as `runstack` has them."""
        for queue in [*["interactive"] * count, "bulk"]:
            self.begin("manage.py", "rqworker", queue, "--verbosity", "0")
        self.begin("manage.py", "cron")

    def end(self) -> None:
        for child in self.children:
            child.terminate()
        for child in self.children:
            try:
                child.wait(40)
            except subprocess.TimeoutExpired:
                child.kill()
        self.children.clear()

    def waiting_orders(self, count: int) -> None:
        """So many orders in our database that may be created, their SKU linked."""
        wish = {"shop": SHOP, "count": count, "status": "AWAITING_SHIPMENT"}
        self.control("POST", "orders", {**wish, "lines": [{"sku": "MUG-12", "quantity": 1}]})
        # Pushing finds out which SKU has to be looked up, and creates nothing yet.
        for stem in ("pull_orders", "push_orders", "link_skus"):
            self.manage(stem)
        self.control("POST", "log/reset")


@contextmanager
def installation(root: Path = ROOT) -> Iterator[Installation]:
    """Everything started and connected; all of it is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="tts-bench-"))
    servers: list[subprocess.Popen[Any]] = []
    try:
        url = _start_sandbox(servers)
        env = _environment(folder, url, _start_queue(servers, folder))
        done = Installation(root, folder, url, env)
        try:
            done.control("POST", "webhooks", {"enabled": False})
            done.manage("migrate", "--verbosity", "0")
            done.manage("connect_shops", *_pair())
            yield done
        finally:
            done.end()
    finally:
        for server in servers:
            server.terminate()
            server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def await_that(what: str, is_so: Callable[[], bool], every: float = 0.5) -> None:
    """Look until it is so."""
    ends = time.monotonic() + MOST_SECONDS
    while not is_so():
        if time.monotonic() > ends:
            raise TimeoutError(what)
        time.sleep(every)


def write_results(name: str, results: Any) -> Path:
    """Keep the figures with the machine they were measured on."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    facts = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{platform.platform()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
        "results": results,
    }
    path.write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    return path


def print_table(head: list[str], rows: list[list[Any]]) -> None:
    shown = [head, *[[str(cell) for cell in row] for row in rows]]
    widths = [max(len(row[column]) for row in shown) for column in range(len(head))]
    for row in shown:
        cells = zip(row, widths, strict=True)
        print("  ".join(cell.rjust(width) for cell, width in cells), flush=True)


def _start_sandbox(servers: list[subprocess.Popen[Any]]) -> str:
    process = subprocess.Popen(
        [sys.executable, "-m", "tiktoksync.sandbox", "--port", "0"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    servers.append(process)
    assert process.stdout is not None
    return process.stdout.readline().split()[-1]


def _start_queue(servers: list[subprocess.Popen[Any]], folder: Path) -> str:
    from tiktoksync.run.embedded import answers, queue_url, server_spec

    path = folder / "q.sock"
    command = server_spec(path, folder).command
    servers.append(subprocess.Popen(command, stdout=subprocess.DEVNULL))
    await_that("the queue server", lambda: answers(path), 0.05)
    return queue_url(path)


def _environment(folder: Path, url: str, redis_url: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    database = os.environ.get("BENCH_DATABASE_URL", f"sqlite:///{folder / 'db.sqlite3'}")
    return {
        **kept,
        "SECRET_KEY": "a benchmark signs nothing",
        "TOKEN_KEYS": "dGVzdHMtb25seS1ub3QtYS1zZWNyZXQtMzItYnl0ZXM=",
        "PUBLIC_URL": "http://127.0.0.1:8000",
        "DATABASE_URL": database,
        "REDIS_URL": redis_url,
        "TIKTOK_APP_KEY": "sandbox",
        "TIKTOK_APP_SECRET": "sandbox-tiktok-secret",
        "SHOPIFY_API_KEY": "sandbox",
        "SHOPIFY_API_SECRET": "shpss_sandbox",
        "TIKTOK_API_URL": f"{url}/tiktok",
        "TIKTOK_AUTH_URL": f"{url}/tiktok-auth",
        "SHOPIFY_URL": f"{url}/shopify/{{shop}}",
        "LOG_LEVEL": "WARNING",
    }


def _pair() -> list[str]:
    options = {
        "merchant": "Bench",
        "shopify-shop": STORE,
        "shopify-token": TOKEN,
        "tiktok-shop-id": SHOP,
        "tiktok-cipher": "TTP_sandboxUsCipher01",
        "tiktok-region": "US",
        "tiktok-access-token": "TTP_sandbox-us-access",
        "tiktok-refresh-token": "TTP_sandbox-us-refresh",
        "sync-from": "all",
    }
    named = [part for name, value in options.items() for part in (f"--{name}", value)]
    return [*named, "--no-subscribe"]
