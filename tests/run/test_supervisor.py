"""Children are started, watched, started again and stopped in order."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tiktoksync.run.supervisor import Spec, Supervisor

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS = 20.0
PATIENT = """
import os, signal, sys, time
def note(number, frame):
    open(sys.argv[1], "a").write(sys.argv[2] + "\\n")
    if sys.argv[3] == "obey":
        raise SystemExit(0)
signal.signal(signal.SIGTERM, note)
print("up", flush=True)
while True:
    time.sleep(0.05)
"""


class Heard(list[tuple[str, str]]):
    """What the children said."""

    def say(self, name: str, line: str) -> None:
        self.append((name, line))

    def lines_of(self, name: str) -> list[str]:
        return [line for who, line in self if who == name]


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def supervisor(heard: Heard) -> Iterator[Supervisor]:
    supervisor = Supervisor(heard.say, stop_seconds=SECONDS)
    yield supervisor
    supervisor.stop_seconds = 0
    supervisor.stop()


def python(name: str, code: str, *arguments: str, last: bool = False) -> Spec:
    return Spec(name, (sys.executable, "-I", "-c", code, *arguments), last=last)


def wait_for(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + SECONDS
    while not condition() and time.monotonic() < end:
        os.sched_yield()
    return condition()


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_lines_come_under_the_name_of_their_child(supervisor: Supervisor, heard: Heard) -> None:
    supervisor.add(python("web", "print('one'); import sys; print('two', file=sys.stderr)"))
    assert supervisor.watch(until=lambda: len(heard.lines_of("web")) >= 2, seconds=SECONDS)
    assert sorted(heard.lines_of("web")[:2]) == ["one", "two"]


def test_a_child_that_dies_is_started_again_with_growing_delays(
    supervisor: Supervisor, heard: Heard
) -> None:
    supervisor.add(python("cron", "raise SystemExit(3)"))
    assert supervisor.watch(until=lambda: len(heard.lines_of("cron")) >= 2, seconds=SECONDS)
    assert heard.lines_of("cron")[:2] == [
        "ended with 3; starting again in 0.5 s",
        "ended with 3; starting again in 1 s",
    ]


def test_each_child_gets_one_sigterm_and_the_queue_gets_it_last(
    supervisor: Supervisor, heard: Heard, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    supervisor.add(python("queue", PATIENT, str(log), "queue", "obey", last=True))
    supervisor.add(python("web", PATIENT, str(log), "other", "obey"))
    supervisor.add(python("worker", PATIENT, str(log), "other", "obey"))
    assert supervisor.watch(until=lambda: len(heard) == 3, seconds=SECONDS)
    assert supervisor.stop() is True
    assert log.read_text().split() == ["other", "other", "queue"]
    assert [child.process.returncode for child in supervisor.children if child.process] == [0, 0, 0]


def test_a_child_that_will_not_stop_is_killed_and_told_of(
    supervisor: Supervisor, heard: Heard, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    child = supervisor.add(python("worker", PATIENT, str(log), "asked", "ignore"))
    assert supervisor.watch(until=lambda: len(heard) == 1, seconds=SECONDS)
    supervisor.stop_seconds = 0.5
    assert supervisor.stop() is False
    assert log.read_text().split() == ["asked"]
    assert heard.lines_of("worker")[-1] == "did not stop within 0.5 s; killed"
    assert child.process is not None
    assert child.process.wait(SECONDS) == -signal.SIGKILL


def test_a_stop_signal_ends_the_watch(supervisor: Supervisor) -> None:
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        supervisor.catch_signals()
        os.kill(os.getpid(), signal.SIGINT)
        assert supervisor.watch(until=lambda: False, seconds=SECONDS) is False
        assert supervisor.stopping.is_set()
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)


def test_the_watch_ends_when_its_time_is_over(supervisor: Supervisor) -> None:
    assert supervisor.watch(until=lambda: False, seconds=0.2) is False
    assert not supervisor.stopping.is_set()


def test_no_child_outlives_a_supervisor_that_is_killed() -> None:
    code = (
        "from tiktoksync.run.supervisor import Spec, Supervisor\n"
        "import sys\n"
        "s = Supervisor(lambda name, line: print(line, flush=True))\n"
        "nap = 'import os, time; print(os.getpid(), flush=True); time.sleep(600)'\n"
        "s.add(Spec('nap', (sys.executable, '-I', '-c', nap)))\n"
        "s.watch(until=lambda: False)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert is_running(pid)
        parent.kill()
        assert wait_for(lambda: not is_running(pid))
