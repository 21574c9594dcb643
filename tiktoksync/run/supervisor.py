"""Keeps a handful of processes running and stops them in the right order.

Each child has a session of its own, so Ctrl-C in the terminal reaches the supervisor alone, which
then sends exactly one SIGTERM to each child: a worker takes a second one as an order to drop its
job. Children marked `last` (the queue server) are stopped once all others have ended.
"""

import math
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

CHILD = Path(__file__).with_name("child.py")
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
LOOK_SECONDS = 0.1
ASK_SECONDS = 0.5
STOP_SECONDS = 35.0
STEADY_SECONDS = 60.0
FIRST_DELAY, LONGEST_DELAY = 0.5, 30.0

Say = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class Spec:
    """What to run. `last` children are stopped after the others have ended."""

    name: str
    command: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    last: bool = False
    cwd: str | None = None


def bound_command(command: Iterable[str]) -> list[str]:
    """The command line that runs `command` no longer than this process lives."""
    return [sys.executable, "-I", str(CHILD), str(os.getpid()), *command]


class Child:
    """One process under watch; it is started again with growing delays when it dies."""

    def __init__(self, spec: Spec, say: Say) -> None:
        self.spec = spec
        self.say = say
        self.process: subprocess.Popen[str] | None = None
        self.started_at = 0.0
        self.start_at = 0.0
        self.delay = FIRST_DELAY

    @property
    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start it in a session of its own; called from the main thread alone.

        The kernel counts the death of the starting thread as the death of the parent.
        """
        self.process = subprocess.Popen(
            bound_command(self.spec.command),
            env={**os.environ, **self.spec.env},
            cwd=self.spec.cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self.started_at = time.monotonic()
        threading.Thread(target=self._tell, args=(self.process,), daemon=True).start()

    def _tell(self, process: "subprocess.Popen[str]") -> None:
        for line in process.stdout or ():
            self.say(self.spec.name, line.rstrip())

    def look_after(self, now: float) -> None:
        """Start it again if it has ended and its delay is over."""
        if self.is_alive:
            return
        if self.process is not None:
            self._note_death(self.process, now)
        elif now >= self.start_at:
            self.start()

    def _note_death(self, process: "subprocess.Popen[str]", now: float) -> None:
        if now - self.started_at >= STEADY_SECONDS:
            self.delay = FIRST_DELAY
        self.say(
            self.spec.name,
            f"ended with {process.returncode}; starting again in {self.delay:g} s",
        )
        self.kill()
        self.process = None
        self.start_at = now + self.delay
        self.delay = min(self.delay * 2, LONGEST_DELAY)

    def terminate(self) -> None:
        """Ask the process, and only it, to finish."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def kill(self) -> None:
        """End what is left of its session at once."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                return


class Supervisor:
    """Runs the children until a stop signal comes."""

    def __init__(self, say: Say, *, stop_seconds: float = STOP_SECONDS) -> None:
        self.say = say
        self.children: list[Child] = []
        self.stop_seconds = stop_seconds
        self.stopping = threading.Event()

    def catch_signals(self) -> None:
        """From now on SIGTERM, SIGINT and SIGHUP end the run in an orderly way."""
        for number in STOP_SIGNALS:
            signal.signal(number, self._on_signal)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping.set()

    def add(self, spec: Spec) -> Child:
        """Start a child now and keep it running from here on."""
        child = Child(spec, self.say)
        self.children.append(child)
        child.start()
        return child

    def watch(self, *, until: Callable[[], bool], seconds: float | None = None) -> bool:
        """Look after the children until `until` answers yes.

        It is asked every half second. Returns False when a stop signal or the end of `seconds`
        came first.
        """
        end = time.monotonic() + (math.inf if seconds is None else seconds)
        next_question = 0.0
        while not self.stopping.is_set():
            now = time.monotonic()
            if now >= next_question:
                if until():
                    return True
                next_question = now + ASK_SECONDS
            if now >= end:
                return False
            for child in self.children:
                child.look_after(now)
            self.stopping.wait(LOOK_SECONDS)
        return False

    def stop(self) -> bool:
        """Stop everything, the `last` children at the end; False if some had to be killed."""
        self.stopping.set()
        clean = self._stop_all([child for child in self.children if not child.spec.last])
        return self._stop_all([child for child in self.children if child.spec.last]) and clean

    def _stop_all(self, children: list[Child]) -> bool:
        for child in children:
            child.terminate()
        end = time.monotonic() + self.stop_seconds
        while any(child.is_alive for child in children) and time.monotonic() < end:
            time.sleep(LOOK_SECONDS / 2)
        late = [child for child in children if child.is_alive]
        for child in late:
            self.say(child.spec.name, f"did not stop within {self.stop_seconds:g} s; killed")
        for child in children:
            child.kill()
        return not late
