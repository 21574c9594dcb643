"""What is said after an action, with the way back where there is one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest

_UNDO = "undo:"


def say(request: HttpRequest, text: str, *, undo: str = "") -> None:
    """It worked. `undo` is the address whose POST takes it back; leave it out where none does."""
    messages.success(request, text, extra_tags=f"{_UNDO}{undo}" if undo else "")


def say_trouble(request: HttpRequest, text: str) -> None:
    """It did not work, or not all of it."""
    messages.warning(request, text)


def undo_address(tags: str) -> str:
    """The address that takes back what a toast tells of; empty where there is none."""
    return tags.removeprefix(_UNDO) if tags.startswith(_UNDO) else ""
