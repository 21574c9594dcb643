"""Settings of the test suite: the application's own, with everything a test must not share."""

import os
import tempfile

os.environ.setdefault("SECRET_KEY", "tests-only-not-a-secret")
os.environ.setdefault("TOKEN_KEYS", "dGVzdHMtb25seS1ub3QtYS1zZWNyZXQtMzItYnl0ZXM=")
os.environ.setdefault("PUBLIC_URL", "http://127.0.0.1:8000")
os.environ.setdefault("TIKTOK_APP_KEY", "tests-tiktok-key")
os.environ.setdefault("TIKTOK_APP_SECRET", "tests-tiktok-secret")

_scratch = tempfile.TemporaryDirectory(prefix="tiktoksync-tests-")
# Nobody listens there: a test that needs a queue starts one, and none meets a developer's own.
os.environ.setdefault("REDIS_URL", f"unix://{_scratch.name}/queue.sock?db=0")

from tiktoksync.settings import *  # noqa: E402, F403

# Nothing collected, nothing hashed: a test asks for a page, not for its files.
STATIC_ROOT = _scratch.name
STORAGES["staticfiles"] = {  # noqa: F405
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
# Hashing a password a hundred thousand times proves nothing here.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Many sign in from one address in a minute here; the tests about the limits set them again.
ACCOUNT_RATE_LIMITS = False
