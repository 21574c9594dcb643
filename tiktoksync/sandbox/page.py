"""The page for people (a stub until it is drawn)."""

from __future__ import annotations

from tiktoksync.sandbox.http import Answer, Request
from tiktoksync.sandbox.world import World


def serve_page(world: World, request: Request) -> Answer:
    return Answer.html("<h1>Sandbox</h1>")
