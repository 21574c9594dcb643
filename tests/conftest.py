"""For every test: buckets of points as a new process finds them; and which tests are run."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.buckets import begin_anew
from tiktoksync.lib import http
from tiktoksync.support.catalogue import changed

# What meets the database or the queue; the rest cannot tell one server from another.
SERVED_FIXTURES = {"db", "transactional_db", "live_server"}
# Who may open which address is asked of the same rows on every server, some seven hundred times.
SAME_EVERYWHERE = ("tests/web/test_access.py", "tests/ui/")
SERVED_FOLDERS = ("tests/lib/", "tests/sync/", "tests/faults/", "tests/run/test_probe")


# A real browser is asked for by name: `make test-browser`.
IN_A_BROWSER = os.environ.get("TESTS_FOR") == "browser"
collect_ignore = [] if IN_A_BROWSER else ["browser"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Nothing is left out without a word."""
    if not IN_A_BROWSER:
        terminalreporter.write_line(
            "Left out: the tests in a real browser (tests/browser). `make test-browser` runs them."
        )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With `TESTS_FOR=servers` only what meets a server is run: for the second run of the suite."""
    if os.environ.get("TESTS_FOR") != "servers":
        return
    meets = [item for item in items if _meets_a_server(item)]
    left = set(meets)
    config.hook.pytest_deselected(items=[item for item in items if item not in left])
    items[:] = meets


def _meets_a_server(item: pytest.Item) -> bool:
    return not item.nodeid.startswith(SAME_EVERYWHERE) and (
        item.get_closest_marker("django_db") is not None
        or bool(SERVED_FIXTURES & set(getattr(item, "fixturenames", ())))
        or item.nodeid.startswith(SERVED_FOLDERS)
    )


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


@pytest.fixture(autouse=True)
def failures_as_in_the_tables() -> None:
    """What staff wrote of failures is read by the tests that are about it."""
    changed.know({})


@pytest.fixture
def catalogues() -> None:
    """Asked for by tests in which a new connection has both catalogues read."""
