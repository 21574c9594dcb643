"""Where the kernel does not end orphans, the launcher stays and watches."""

import os
import signal
import subprocess
import sys
from pathlib import Path

CHILD = Path(__file__).resolve().parents[2] / "tiktoksync" / "run" / "child.py"
SECONDS = 20
NOBODY = 0
WATCH = (
    "import importlib.util, sys\n"
    "spec = importlib.util.spec_from_file_location('child', sys.argv[1])\n"
    "child = importlib.util.module_from_spec(spec)\n"
    "spec.loader.exec_module(child)\n"
    "sys.exit(child.watch(int(sys.argv[2]), sys.argv[3:]))\n"
)
NAP = "import time; print('up', flush=True); time.sleep(600)"


def watch(parent: int, code: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", WATCH, str(CHILD), str(parent), sys.executable, "-c", code]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_it_ends_as_its_command_ends() -> None:
    with watch(os.getpid(), "raise SystemExit(7)") as watched:
        assert watched.wait(SECONDS) == 7


def test_it_passes_the_stop_signal_on() -> None:
    with watch(os.getpid(), NAP) as watched:
        assert watched.stdout is not None
        assert watched.stdout.readline() == "up\n"
        watched.terminate()
        assert watched.wait(SECONDS) == 128 + signal.SIGTERM


def test_it_ends_its_command_once_the_parent_is_gone() -> None:
    with watch(NOBODY, NAP) as watched:
        assert watched.wait(SECONDS) == 128 + signal.SIGTERM


def test_nothing_lasts_for_a_parent_that_is_gone_already() -> None:
    """On Linux it is not even started; elsewhere the watch ends it."""
    late = "import time; time.sleep(60); print('up')"
    command = [sys.executable, "-I", str(CHILD), str(NOBODY), sys.executable, "-c", late]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == (1 if sys.platform == "linux" else 128 + signal.SIGTERM)
    assert done.stdout == ""
