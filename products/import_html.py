"""A description as TikTok keeps it, made fit for a Shopify store. Pure.

Shopify stores a description as it is sent, scripts too. So nothing is taken over but what is named
here: the text, what gives it structure, links and pictures. It is built anew from those parts, so
that no trick with unclosed or misspelt tags gets through.
"""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser
from urllib.parse import urlsplit

#: Tags that stay, each with the attributes that stay with it.
_KEPT: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        ("p", "div", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6"), frozenset()
    ),
    **dict.fromkeys(("ul", "ol", "li", "dl", "dt", "dd"), frozenset()),
    **dict.fromkeys(("strong", "b", "em", "i", "u", "s", "sub", "sup", "small"), frozenset()),
    **dict.fromkeys(("table", "caption", "thead", "tbody", "tfoot", "tr"), frozenset()),
    **dict.fromkeys(("td", "th"), frozenset({"colspan", "rowspan"})),
    "br": frozenset(),
    "hr": frozenset(),
    "a": frozenset({"href"}),
    "img": frozenset({"src", "alt", "width", "height"}),
}
_VOID = frozenset({"br", "hr", "img"})
#: Tags that go with everything in them.
_DROPPED = frozenset(
    {
        *("script", "style", "iframe", "object", "embed", "applet", "template", "noscript"),
        *("noembed", "noframes", "head", "title", "svg", "math", "select", "textarea", "button"),
        *("audio", "video", "canvas", "xmp", "plaintext"),
    }
)
_DROPPED_VOID = frozenset({"embed"})
_NUMBER = re.compile(r"[0-9]{1,4}")
_BLANK = "[\\s\u00a0\u200b]"
_HOLLOW = re.compile(
    rf"<(p|div|strong|b|em|i|u|s|small|h[1-6]|li|a)(?: [^<>]*)?>(?:{_BLANK}|<br>)*</\1>"
)
_LINKS = frozenset({"http", "https", "mailto"})
_PICTURES = frozenset({"http", "https"})


def clean_html(html: str) -> str:
    """The description without scripts, handlers, styles and whatever else does not belong there.

    Paragraphs with nothing in them are left out. Text without any tag is taken as it is.
    """
    reader = _Reader()
    reader.feed(html.replace("\x00", ""))
    reader.close()
    reader.close_all()
    return _without_hollow("".join(reader.parts)).strip()


def _without_hollow(html: str) -> str:
    """Take out what holds nothing, from the inside outwards."""
    while True:
        shorter = _HOLLOW.sub("", html)
        if shorter == html:
            return html
        html = shorter


class _Reader(HTMLParser):
    """Builds the clean description while it reads the other."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._open: list[str] = []
        self._dropping: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _DROPPED:
            if tag not in _DROPPED_VOID:
                self._dropping.append(tag)
        elif not self._dropping and tag in _KEPT:
            self._start(tag, {name: value or "" for name, value in attrs})

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _DROPPED:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if self._dropping:
            if tag in self._dropping:
                del self._dropping[self._dropping.index(tag) :]
        elif tag in self._open:
            while self._close_last() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self._dropping:
            self.parts.append(escape(data, quote=False))

    def close_all(self) -> None:
        """Close what its writer left open."""
        while self._open:
            self._close_last()

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        kept = {
            name: value
            for name in sorted(_KEPT[tag])
            if (value := _attribute(tag, name, attributes.get(name))) is not None
        }
        if (tag == "img" and "src" not in kept) or (tag == "a" and "href" not in kept):
            return
        told = "".join(f' {name}="{escape(value)}"' for name, value in kept.items())
        self.parts.append(f"<{tag}{told}>")
        if tag not in _VOID:
            self._open.append(tag)

    def _close_last(self) -> str:
        tag = self._open.pop()
        self.parts.append(f"</{tag}>")
        return tag


def _attribute(tag: str, name: str, value: str | None) -> str | None:
    """An attribute's value as it stays; None if it does not."""
    if value is None:
        return None
    if name in ("href", "src"):
        return _address(value, _LINKS if name == "href" else _PICTURES)
    if name == "alt":
        return value.strip()
    return value if _NUMBER.fullmatch(value) else None


def _address(value: str, schemes: frozenset[str]) -> str | None:
    """A web address that may stand in a store; None for scripts, data and relative ones."""
    address = re.sub(r"[\x00-\x20\x7f]", "", value)
    if address.startswith("//"):
        address = f"https:{address}"
    try:
        scheme = urlsplit(address).scheme.lower()
    except ValueError:
        return None
    return address if scheme in schemes else None
