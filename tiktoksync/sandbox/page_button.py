"""A form of one button, of which the page mostly consists."""

from __future__ import annotations

from html import escape


def button(path: str, label: str, fields: dict[str, str] | None = None, kind: str = "") -> str:
    """A form of one button that posts to a control call."""
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in (fields or {}).items()
    )
    return (
        f'<form method="post" action="/sandbox/page/{escape(path)}">{hidden}'
        f'<button class="{kind}">{escape(label)}</button></form>'
    )
