"""Pages as a person reads them."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

_HIDDEN = {"script", "style", "title", "svg"}
_VOID = {"meta", "link", "input", "br", "path", "rect", "circle", "img"}


class _Reader(HTMLParser):
    """Collects text, the elements with their attributes, and text by element id or row."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.rows: list[list[str]] = []
        self._open: list[str] = []
        self._in_body_row = False

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in _VOID:
            self._open.append(tag)
        if tag == "tr" and "tbody" in self._open:
            self.rows.append([])
        if tag in ("td", "th") and "tbody" in self._open:
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not _HIDDEN & set(self._open):
            self.words.append(data)
            if "tbody" in self._open and self.rows and self.rows[-1]:
                self.rows[-1][-1] += f" {data}"


def _read(response: Any) -> _Reader:
    reader = _Reader()
    reader.feed(response.content.decode())
    return reader


def _tidy(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def text_of(response: Any) -> str:
    """The page's words, single spaced."""
    return _tidy(" ".join(_read(response).words))


def rows_of(response: Any) -> list[list[str]]:
    """The cells of every table row in the page."""
    return [[_tidy(cell) for cell in row] for row in _read(response).rows]


def elements_of(response: Any, tag: str = "") -> list[dict[str, str]]:
    """The attributes of every element, or of every element of one kind."""
    return [attrs for name, attrs in _read(response).elements if not tag or name == tag]


def order_ids(response: Any) -> list[str]:
    """The TikTok order ids that a list shows, in its order."""
    return re.findall(
        r'data-open>([^<]+)</a><span class="muted small clamp-1"', response.content.decode()
    )


def value_of(response: Any, term: str) -> str:
    """What stands beside a term in a list of facts."""
    found = re.search(rf"<dt[^>]*>{re.escape(term)}</dt><dd[^>]*>(.*?)</dd>", _flat(response))
    assert found, f"the page names no {term}"
    return _tidy(re.sub(r"<[^>]+>", " ", found.group(1)))


def _flat(response: Any) -> str:
    return re.sub(r">\s+<", "><", response.content.decode())
