"""One sandbox for all tests of this folder, emptied before each of them."""

from collections.abc import Iterator

import pytest

from tests.sandbox.clients import World, callers
from tests.sandbox.receiver import Receiver
from tiktoksync.sandbox.server import Sandbox, start


@pytest.fixture(scope="session")
def running() -> Iterator[Sandbox]:
    sandbox = start()
    yield sandbox
    sandbox.stop()


@pytest.fixture
def box(running: Sandbox) -> World:
    """A fresh demo world and its callers."""
    running.world.reset()
    return callers(running)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    one = Receiver()
    yield one
    one.close()
