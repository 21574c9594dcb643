"""A furnished installation behind the web server that production uses."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.fernet import Fernet

from tiktoksync.demo.installation import choose_port
from tiktoksync.run.stack import is_alive, web_spec

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60.0


@contextmanager
def served(folder: Path, orders: int, *, debug: bool = False, seed: int = 7) -> Iterator[str]:
    """The address of a new installation with so many orders, until the end of the block.

    With `debug` its pages for builders are there too. No worker runs, so nothing changes by itself.
    """
    port = choose_port(None)
    env = _environment(folder, port, debug)
    _run(env, "-m", "bench.furnish", "--orders", str(orders), "--seed", str(seed))
    yield from _serve(folder, port, env, debug)


def _serve(folder: Path, port: int, env: dict[str, str], debug: bool) -> Iterator[str]:
    if not debug:
        _run(env, "manage.py", "collectstatic", "--no-input", "--verbosity", "0")
    with (folder / "web.log").open("ab") as log:
        command = web_spec("127.0.0.1", port, env).command
        web = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
        try:
            _wait(port, web, folder)
            yield f"http://127.0.0.1:{port}"
        finally:
            web.terminate()
            web.wait(timeout=20)


def _environment(folder: Path, port: int, debug: bool) -> dict[str, str]:
    """Every setting by name, so that neither the shell nor a .env decides anything."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "tiktoksync.settings",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "TOKEN_KEYS": Fernet.generate_key().decode(),
        "DEBUG": "on" if debug else "off",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "ALLOWED_HOSTS": "127.0.0.1",
        "DATABASE_URL": f"sqlite:///{folder / 'database.sqlite3'}",
        "REDIS_URL": f"unix://{folder / 'nobody.sock'}",
        "TIKTOK_APP_KEY": "furnished",
        "TIKTOK_APP_SECRET": "furnished",
        "TIKTOK_SERVICE_ID": "1",
        "SHOPIFY_API_KEY": "furnished",
        "SHOPIFY_API_SECRET": "furnished",
        "TIKTOK_API_URL": "http://127.0.0.1:9",
        "TIKTOK_AUTH_URL": "http://127.0.0.1:9",
        "SHOPIFY_URL": "http://127.0.0.1:9/{shop}",
    }


def _run(env: dict[str, str], *arguments: str) -> None:
    subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL
    )


def _wait(port: int, web: subprocess.Popen[bytes], folder: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while not is_alive("127.0.0.1", port):
        if web.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"the web server did not start: {(folder / 'web.log').read_text()}")
        time.sleep(0.1)
