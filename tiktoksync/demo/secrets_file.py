"""Random secrets of the demo, made once and kept between runs in var/demo.env."""

import base64
import os
import secrets
from collections.abc import Callable
from pathlib import Path

MAKERS: dict[str, Callable[[], str]] = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(64),
    "TOKEN_KEYS": lambda: base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    "TIKTOK_APP_SECRET": lambda: secrets.token_hex(20),
    "SHOPIFY_API_SECRET": lambda: "shpss_" + secrets.token_hex(16),
    "DEMO_PASSWORD": lambda: secrets.token_urlsafe(9),
}


def read(path: Path) -> dict[str, str]:
    """The NAME=value lines of a file; none if there is no file."""
    if not path.exists():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    pairs = [line.split("=", 1) for line in lines if "=" in line and not line.startswith("#")]
    return {name.strip(): value.strip() for name, value in pairs}


def ensure(path: Path) -> dict[str, str]:
    """Every secret, the missing ones made now; only this user can read the file."""
    known = read(path)
    missing = {name: make() for name, make in MAKERS.items() if not known.get(name)}
    if missing:
        path.parent.mkdir(parents=True, exist_ok=True)
        text = "".join(f"{name}={value}\n" for name, value in (known | missing).items())
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write("# Made by make demo; delete this file to get new ones.\n" + text)
    return known | missing
