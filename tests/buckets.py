"""Buckets of points for tests: this process's own, on its own clock, and nobody's before."""

from __future__ import annotations

from math import inf

from tiktoksync.lib import shared_bucket


def begin_anew() -> None:
    """As a new process finds them that has no shared server, whatever server the tests use."""
    shared_bucket.forget_all()
    shared_bucket._away_until, shared_bucket._is_alone = inf, True
