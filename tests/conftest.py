"""For every test: buckets of points as a new process finds them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.buckets import begin_anew
from tiktoksync.lib import http


@pytest.fixture(autouse=True)
def fresh_buckets() -> Iterator[None]:
    """No test meets the points that another one spent."""
    begin_anew()
    yield
    begin_anew()


@pytest.fixture(autouse=True)
def fresh_connections() -> None:
    """No test meets a connection to another test's server that had the same port."""
    http._local.owner = None
