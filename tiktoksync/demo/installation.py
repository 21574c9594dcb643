"""A complete installation in a folder of its own: sandbox, queue, web, workers, cron."""

import fcntl
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tiktoksync.demo import secrets_file, world
from tiktoksync.run.supervisor import Spec, Supervisor

ROOT = Path(__file__).resolve().parent.parent.parent
VAR = ROOT / "var"
MANAGE = (sys.executable, str(ROOT / "manage.py"))
START_SECONDS = 120.0
STOP_SECONDS = 50.0
COMMAND_SECONDS = 120.0
TAIL_LINES = 30
# An hour on the sandbox passes at a click: nobody wants to wait a minute for a poll then.
PACE = {"POLL_SECONDS": "5", "FULFILLMENT_POLL_SECONDS": "10", "SWEEP_SECONDS": "2"}


class StartFailed(Exception):
    """The installation did not come up; the message says why."""


class Installation:
    """One run: fresh database, fresh queue, kept secrets."""

    def __init__(self, name: str, *, app_port: int, sandbox_port: int) -> None:
        self.folder = VAR / name
        self.secrets = secrets_file.ensure(VAR / "demo.env")
        self.pairs = world.make_pairs()
        self.app_url = f"http://127.0.0.1:{app_port}"
        self.sandbox_url = f"http://127.0.0.1:{sandbox_port}"
        self.app_port, self.sandbox_port = app_port, sandbox_port
        self.supervisor = Supervisor(self._hear, stop_seconds=STOP_SECONDS)
        self.ready: set[str] = set()
        self.news = threading.Condition()

    @property
    def log_path(self) -> Path:
        """Where everything that the processes say is kept."""
        return self.folder / "log.txt"

    @property
    def env(self) -> dict[str, str]:
        """Every setting by name, so that neither the shell nor a .env decides anything."""
        return {
            **{name: self.secrets[name] for name in ("SECRET_KEY", "TOKEN_KEYS")},
            "DJANGO_SETTINGS_MODULE": "tiktoksync.settings",
            "DEBUG": "off",
            "PUBLIC_URL": self.app_url,
            "ALLOWED_HOSTS": "127.0.0.1,localhost",
            "DATABASE_URL": f"sqlite:///{self.folder / 'database.sqlite3'}",
            "REDIS_URL": "",
            "TIME_SCALE": "1",
            "TIKTOK_APP_KEY": world.APP_KEY,
            "TIKTOK_APP_SECRET": self.secrets["TIKTOK_APP_SECRET"],
            "TIKTOK_SERVICE_ID": world.SERVICE_ID,
            "TIKTOK_MARKET": "global",
            "TIKTOK_API_URL": f"{self.sandbox_url}/tiktok",
            "TIKTOK_AUTH_URL": f"{self.sandbox_url}/tiktok-auth",
            "TIKTOK_AUTHORIZE_URL": self.sandbox_url,
            "SHOPIFY_API_KEY": world.SHOPIFY_API_KEY,
            "SHOPIFY_API_SECRET": self.secrets["SHOPIFY_API_SECRET"],
            "SHOPIFY_API_VERSION": world.API_VERSION,
            "SHOPIFY_URL": f"{self.sandbox_url}/shopify/{{shop}}",
            **PACE,
        }

    # --- processes --------------------------------------------------------------------------------

    def start(self) -> None:
        """Bring the sandbox and the stack up.

        Raises:
            StartFailed: one of them ended or was not ready in time.
        """
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        config = self.folder / "sandbox.json"
        known = world.sandbox_config(self.pairs, self.secrets, self.app_url)
        config.write_text(json.dumps(known))
        self._run(
            "sandbox",
            "-m",
            "tiktoksync.sandbox",
            "--port",
            str(self.sandbox_port),
            "--config",
            str(config),
        )
        self._run(
            "stack", MANAGE[1], "runstack", "--port", str(self.app_port), "--var", str(self.folder)
        )
        self._wait_for({"sandbox", "stack"})

    def _run(self, name: str, *arguments: str) -> None:
        env = {**self.env, "PYTHONUNBUFFERED": "1"}
        command = (sys.executable, *arguments)
        self.supervisor.add(Spec(name, command, env, last=name == "sandbox", cwd=str(ROOT)))

    def _hear(self, name: str, line: str) -> None:
        with self.news:
            with self.log_path.open("a", encoding="utf-8") as log:
                log.write(f"{time.strftime('%H:%M:%S')} {name:<8} {line}\n")
            if line.startswith(("sandbox ready ", "stack    | ready ")):
                self.ready.add(name)
                self.news.notify_all()

    def _wait_for(self, names: set[str]) -> None:
        end = time.monotonic() + START_SECONDS
        with self.news:
            while not names <= self.ready:
                self.news.wait(0.2)
                gone = [child.spec.name for child in self.supervisor.children if not child.is_alive]
                if gone or time.monotonic() >= end:
                    missing = ", ".join(gone or sorted(names - self.ready))
                    raise StartFailed(f"{missing} did not start:\n{self.tail()}")

    def tail(self) -> str:
        """The last lines of the log."""
        if not self.log_path.exists():
            return ""
        lines = self.log_path.read_text(encoding="utf-8").splitlines()
        return "\n".join(lines[-TAIL_LINES:])

    def stop(self) -> bool:
        """Stop everything; False if something had to be killed."""
        return self.supervisor.stop()

    # --- commands ---------------------------------------------------------------------------------

    def manage(self, *arguments: str, **extra_env: str) -> str:
        """Run a management command; returns what it wrote to stdout.

        Raises:
            StartFailed: it ended with anything but 0.
        """
        done = subprocess.run(
            [*MANAGE, *arguments],
            env={**os.environ, **self.env, **extra_env},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )
        if done.returncode != 0:
            raise StartFailed(f"manage.py {arguments[0]}: {done.stderr.strip() or done.stdout}")
        return done.stdout

    def connect(self, pair: world.Pair) -> dict[str, Any]:
        """Connect one pair, tokens through the environment; returns what the command printed."""
        said = self.manage(
            *("connect_shops", "--merchant", world.MERCHANT, "--owner-email", world.OWNER_EMAIL),
            *("--shopify-shop", pair.domain, "--tiktok-shop-id", pair.shop_id),
            *("--tiktok-cipher", pair.cipher, "--tiktok-region", pair.region),
            SHOPIFY_TOKEN=pair.shopify_token,
            TIKTOK_ACCESS_TOKEN=pair.access_token,
            TIKTOK_REFRESH_TOKEN=pair.refresh_token,
            OWNER_PASSWORD=self.secrets["DEMO_PASSWORD"],
        )
        connected: dict[str, Any] = json.loads(said)
        return connected

    def make_staff(self) -> None:
        """Let the demo user into the admin."""
        self.manage(
            *("createsuperuser", "--noinput"),
            *("--username", world.OWNER_EMAIL, "--email", world.OWNER_EMAIL),
            DJANGO_SUPERUSER_PASSWORD=self.secrets["DEMO_PASSWORD"],
        )


def choose_port(wanted: int | None) -> int:
    """The wanted port if it is free, any free one otherwise."""
    for port in (wanted, 0):
        if port is None:
            continue
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as line:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                line.bind(("127.0.0.1", port))
            except OSError:
                continue
            chosen: int = line.getsockname()[1]
            return chosen
    raise StartFailed("no free port on 127.0.0.1")


@contextmanager
def only_one(name: str) -> Iterator[None]:
    """Keep a second demo out of the same folder.

    Raises:
        StartFailed: there is one already.
    """
    VAR.mkdir(exist_ok=True)
    with (VAR / f"{name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StartFailed(f"another {name} is already running here") from error
        yield
