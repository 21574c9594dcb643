"""Settings of the test suite: the application's own, with everything a test must not share."""

import os

os.environ.setdefault("SECRET_KEY", "tests-only-not-a-secret")
os.environ.setdefault("TOKEN_KEYS", "dGVzdHMtb25seS1ub3QtYS1zZWNyZXQtMzItYnl0ZXM=")
os.environ.setdefault("PUBLIC_URL", "http://127.0.0.1:8000")

from tiktoksync.settings import *  # noqa: F403
