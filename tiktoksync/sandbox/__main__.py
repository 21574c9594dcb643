"""``python -m tiktoksync.sandbox``: the sandbox as its own process."""

from __future__ import annotations

import argparse
import gc
import signal
import sys
import threading

from tiktoksync.sandbox.config import read_config
from tiktoksync.sandbox.server import start


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="tiktoksync.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=9400, help="0 takes a free port")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--config", metavar="FILE.json", help="merged over the demo world")
    options = parser.parse_args(arguments)
    config = read_config(options.config) if options.config else None
    sandbox = start(options.port, config, options.host)
    # Orders pile up and are never let go: looking through all of them again and again is wasted.
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    done = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: done.set())
    print(f"sandbox ready {sandbox.url}", flush=True)
    while not done.wait(0.5):
        pass
    sandbox.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
