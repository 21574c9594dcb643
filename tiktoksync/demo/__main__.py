"""`python -m tiktoksync.demo run` stays; `… check [--json]` drives the journey and ends."""

import argparse
import os
import signal
import sys
from types import FrameType

from tiktoksync.demo.check import run_check
from tiktoksync.demo.installation import Installation, StartFailed, choose_port, only_one
from tiktoksync.demo.stay import run_demo
from tiktoksync.demo.tell import Teller

APP_PORT, SANDBOX_PORT = 8000, 9400
FAILED, STOPPED = 1, 0


def main() -> int:
    """Read the arguments and go."""
    parser = argparse.ArgumentParser(prog="python -m tiktoksync.demo", description=__doc__)
    parser.add_argument("what", choices=("run", "check"), nargs="?", default="run")
    parser.add_argument("--json", action="store_true", help="a JSON object a step (check)")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, _interrupt)
    teller = Teller(as_json=arguments.json or os.environ.get("DEMO_JSON", "") not in ("", "0"))
    try:
        return check(teller) if arguments.what == "check" else stay(teller)
    except StartFailed as failed:
        sys.stderr.write(f"{failed}\n")
        return FAILED


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def port_from(name: str, default: int | None) -> int | None:
    """A port from the environment."""
    value = os.environ.get(name, "")
    return int(value) if value.isdigit() else default


def check(teller: Teller) -> int:
    """Once through, on ports and in a folder of its own."""
    with only_one("demo-check"):
        installation = Installation(
            "demo-check",
            app_port=choose_port(port_from("DEMO_CHECK_PORT", None)),
            sandbox_port=choose_port(port_from("SANDBOX_CHECK_PORT", None)),
        )
        try:
            passed = run_check(installation, teller)
        except KeyboardInterrupt:
            teller.failed("interrupted", "Ctrl-C")
            passed = False
        teller.result(passed)
        if not passed:
            sys.stderr.write(f"{installation.tail()}\nThe whole log: {installation.log_path}\n")
        return 0 if passed else FAILED


def stay(teller: Teller) -> int:
    """Until Ctrl-C."""
    with only_one("demo"):
        installation = Installation(
            "demo",
            app_port=choose_port(port_from("DEMO_PORT", APP_PORT)),
            sandbox_port=choose_port(port_from("SANDBOX_PORT", SANDBOX_PORT)),
        )
        try:
            run_demo(installation, teller)
            return FAILED
        except KeyboardInterrupt:
            return STOPPED
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            teller.say("\nStopping …")
            installation.stop()
            teller.say("Stopped.")


if __name__ == "__main__":
    sys.exit(main())
