"""Starts one process that must not outlive the one that asked for it.

Run by path, with the pid of the parent and the command: `child.py PID COMMAND…`. On Linux it asks
the kernel for a SIGTERM at the parent's death and becomes the command; elsewhere it stays and
watches. It runs before the virtual environment matters, so it uses the standard library alone.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from types import FrameType

PR_SET_PDEATHSIG = 1
WATCH_SECONDS = 0.5


def become(parent: int, command: list[str]) -> None:
    """Replace this process by the command, bound to the parent's life by the kernel."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM))
    if os.getppid() != parent:
        sys.exit(1)
    os.execvp(command[0], command)


def watch(parent: int, command: list[str]) -> int:
    """Run the command, pass SIGTERM on, and end it once the parent is gone.

    Returns its exit code; 128 and the signal's number if a signal ended it, as shells do.
    """
    process = subprocess.Popen(command)

    def pass_on(_signal: int, _frame: FrameType | None) -> None:
        process.terminate()

    signal.signal(signal.SIGTERM, pass_on)
    told = False
    while process.poll() is None:
        if os.getppid() != parent and not told:
            told = True
            process.terminate()
        time.sleep(WATCH_SECONDS)
    code = process.returncode
    return code if code >= 0 else 128 - code


def main() -> None:
    """Read the arguments; never returns."""
    parent, command = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        become(parent, command)
    sys.exit(watch(parent, command))


if __name__ == "__main__":
    main()
