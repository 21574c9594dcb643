"""`manage.py runstack`: the whole installation on one machine, in one terminal."""

import argparse
import os
import sys
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from tiktoksync.run import embedded, stack
from tiktoksync.run.supervisor import Supervisor

NOT_CONFIGURED = 2
QUEUE_SECONDS = 15.0
NAME_WIDTH = 8


class Command(BaseCommand):
    help = "Run web, workers and cron, with an embedded queue if REDIS_URL is not set."
    # Run in handle(), so that a missing setting ends with the exit code that says so.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="loopback by default")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--workers", type=int, default=2, help="for the interactive queue")
        parser.add_argument(
            "--var", type=Path, default=settings.VAR_DIR, help="folder of the embedded queue"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.lock = threading.Lock()
        self._refuse_half_configured()
        host, port = options["host"], options["port"]
        if not stack.is_port_free(host, port):
            raise CommandError(f"port {port} is taken; choose another one with --port")
        supervisor = Supervisor(self.say)
        supervisor.catch_signals()
        try:
            with ExitStack() as places:
                self._run(supervisor, places, options)
        except embedded.NoServer as missing:
            raise CommandError(str(missing), returncode=NOT_CONFIGURED) from missing
        except embedded.AlreadyRunning as running:
            raise CommandError(str(running)) from running

    def say(self, name: str, line: str) -> None:
        """Write a line of a child, under its name."""
        with self.lock:
            try:
                sys.stdout.write(f"{name:<{NAME_WIDTH}} | {line}\n")
                sys.stdout.flush()
            except (BrokenPipeError, ValueError):
                return  # whoever read our lines has gone; the work goes on

    def _refuse_half_configured(self) -> None:
        serious = [found for found in checks.run_checks() if found.is_serious()]
        if serious:
            raise CommandError(
                "TikTokSync is not configured: " + "; ".join(found.msg for found in serious),
                returncode=NOT_CONFIGURED,
            )

    def _run(self, supervisor: Supervisor, places: ExitStack, options: dict[str, Any]) -> None:
        redis_url = None
        if not os.environ.get("REDIS_URL"):
            redis_url = self._start_queue(supervisor, places, options["var"].resolve())
        try:
            call_command("migrate", interactive=False, verbosity=0)
            call_command("collectstatic", interactive=False, verbosity=0)
            host, port = options["host"], options["port"]
            env = stack.child_env(port, redis_url)
            for spec in stack.stack_specs(host, port, options["workers"], env):
                supervisor.add(spec)
            if supervisor.watch(until=lambda: stack.is_alive(host, port)):
                self.say("stack", f"ready http://{stack.reachable_host(host)}:{port}/")
                supervisor.watch(until=lambda: False)
        finally:
            self.say("stack", "stopping")
            clean = supervisor.stop()
            self.say("stack", "stopped")
        if not clean:
            raise CommandError("some processes had to be killed")

    def _start_queue(self, supervisor: Supervisor, places: ExitStack, var_dir: Path) -> str:
        socket_path = places.enter_context(embedded.socket_place(var_dir))
        data_dir = var_dir / "queue"
        data_dir.mkdir(exist_ok=True)
        supervisor.add(embedded.server_spec(socket_path, data_dir))
        if not supervisor.watch(until=lambda: embedded.answers(socket_path), seconds=QUEUE_SECONDS):
            supervisor.stop()
            raise CommandError("the embedded queue server does not answer")
        url = embedded.queue_url(socket_path)
        self.say("stack", f"embedded queue at {url}")
        return url
