"""What the demo says: sentences for a person, or a JSON object a line for a program."""

import json
import sys
import threading
import time
from typing import Any


class Teller:
    """Writes to stdout; each step is said once, with the seconds since the start."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self.began = time.monotonic()
        self.steps = 0
        self.lock = threading.Lock()

    @property
    def seconds(self) -> float:
        """Since the start."""
        return round(time.monotonic() - self.began, 1)

    def write(self, line: str) -> None:
        """One line, at once."""
        with self.lock:
            try:
                sys.stdout.write(line + "\n")
                sys.stdout.flush()
            except BrokenPipeError:
                return  # nobody listens any more

    def say(self, line: str = "") -> None:
        """A remark for a person; a program gets none."""
        if not self.as_json:
            self.write(line)

    def step(self, name: str, **facts: Any) -> None:
        """Something was seen to be so."""
        self.steps += 1
        if self.as_json:
            self.write(json.dumps({"step": name, "ok": True, "seconds": self.seconds, **facts}))
        else:
            told = "  ".join(f"{key}={value}" for key, value in facts.items())
            self.write(f"{self.seconds:6.1f} s  ok  {name}{'  ' + told if told else ''}")

    def failed(self, name: str, why: str) -> None:
        """The step at which it ended."""
        if self.as_json:
            self.write(json.dumps({"step": name, "ok": False, "seconds": self.seconds, "why": why}))
        else:
            self.write(f"{self.seconds:6.1f} s  FAILED  {name}: {why}")

    def result(self, passed: bool) -> None:
        """The last line."""
        if self.as_json:
            self.write(
                json.dumps(
                    {
                        "result": "passed" if passed else "failed",
                        "steps": self.steps,
                        "seconds": self.seconds,
                    }
                )
            )
        else:
            word = "all seen" if passed else "NOT all seen"
            self.write(f"demo-check: {word}, {self.steps} steps in {self.seconds} s")
