"""The settings as a fresh process reads them from its environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
NAMES = (
    "ALLOWED_HOSTS",
    "DATABASES",
    "POLL_SECONDS",
    "PUBLIC_URL",
    "REDIS_URL",
    "SHOPIFY_API_VERSION",
    "SHOPIFY_URL",
    "TIKTOK_API_URL",
    "TIKTOK_MARKET",
)
READ = (
    "import json, sys\n"
    "from tiktoksync import settings\n"
    "print(json.dumps({name: getattr(settings, name) for name in sys.argv[1:]}, default=str))"
)
OPTIONAL = ("ALLOWED_HOSTS", "DATABASE_URL", *(name for name in NAMES if name != "DATABASES"))


def read(**environment: str) -> subprocess.CompletedProcess[str]:
    complete = {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": "a-long-secret-that-signs-nothing",
        "TOKEN_KEYS": "dGVzdHMtb25seS1ub3QtYS1zZWNyZXQtMzItYnl0ZXM=",
        **dict.fromkeys(OPTIONAL, ""),
        **environment,
    }
    return subprocess.run(
        [sys.executable, "-c", READ, *NAMES],
        cwd=ROOT,
        env=complete,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def read_values(**environment: str) -> dict[str, Any]:
    done = read(**environment)
    assert done.returncode == 0, done.stderr
    values: dict[str, Any] = json.loads(done.stdout)
    return values


def test_a_name_that_is_set_to_nothing_has_its_default() -> None:
    values = read_values()
    database = values.pop("DATABASES")["default"]
    assert (database["ENGINE"], database["NAME"]) == (
        "django.db.backends.sqlite3",
        str(ROOT / "var" / "tiktoksync.sqlite3"),
    )
    assert values == {
        "ALLOWED_HOSTS": ["127.0.0.1", "127.0.0.1", "localhost", "::1"],
        "POLL_SECONDS": 60.0,
        "PUBLIC_URL": "http://127.0.0.1:8000",
        "REDIS_URL": f"unix://{ROOT / 'var' / 'queue.sock'}?db=0",
        "SHOPIFY_API_VERSION": "2026-10",
        "SHOPIFY_URL": "https://{shop}",
        "TIKTOK_API_URL": "https://open-api.tiktokglobalshop.com",
        "TIKTOK_MARKET": "us",
    }


def test_blanks_around_a_value_do_not_matter() -> None:
    values = read_values(TIKTOK_MARKET=" global ", TIKTOK_API_URL=" http://127.0.0.1:9/tt/ ")
    assert (values["TIKTOK_MARKET"], values["TIKTOK_API_URL"]) == (
        "global",
        "http://127.0.0.1:9/tt",
    )


def test_a_postgresql_address_is_taken_apart() -> None:
    database = read_values(DATABASE_URL="postgresql://anna:pw@db.example:5433/sync")["DATABASES"]
    wanted = {"ENGINE": "django.db.backends.postgresql", "HOST": "db.example", "PORT": 5433}
    assert {name: database["default"][name] for name in wanted} == wanted


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "nonsense"),
        ("DATABASE_URL", "oracle://db/sync"),
        ("DATABASE_URL", "postgresql://anna:pw@db:port/sync"),
        ("REDIS_URL", "nonsense"),
        ("REDIS_URL", "http://127.0.0.1:6379"),
        ("PUBLIC_URL", "sync.example"),
        ("POLL_SECONDS", "often"),
        ("TIKTOK_MARKET", "mars"),
        ("SHOPIFY_URL", "{shop}"),
    ],
)
def test_nonsense_is_refused_by_name_and_not_repeated_with_its_secrets(
    name: str, value: str
) -> None:
    done = read(**{name: value})
    last = done.stderr.strip().splitlines()[-1]
    assert done.returncode == 1
    assert last.startswith(f"django.core.exceptions.ImproperlyConfigured: {name} must be")
    assert "anna:pw" not in last
