"""`manage.py sandbox`: a stand-in for both platforms, as a process of its own."""

import argparse
import os
import sys
from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Run the sandbox: TikTok Shop and Shopify on this machine."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=9400)
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--config", help="a JSON file with the world to start from")

    def handle(self, *args: Any, **options: Any) -> None:
        command = [sys.executable, "-m", "tiktoksync.sandbox"]
        command += ["--host", options["host"], "--port", str(options["port"])]
        if options["config"]:
            command += ["--config", options["config"]]
        os.execv(sys.executable, command)
