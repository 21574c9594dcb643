"""Texts as TikTok takes them: no emoji, no entities, few tags, no pictures from elsewhere. Pure."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

#: Pictographs, flags and dingbats with what joins and colours them; signs such as ™ stay.
_EMOJI = re.compile(
    "[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u23e9-\u23ff\u231a\u231b\u20e3\u200d"
    "\ufe0e\ufe0f\U000e0020-\U000e007f]"
)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064\ufeff]")
_SPACES = re.compile(r"[\s\u00a0]+")
_REPEATED = re.compile(r"(.)\1{9,}")
_TAG = re.compile(r"<[^<>]*>")
#: An ampersand that an HTML reader would take for the beginning of an entity.
_ENTITY = re.compile(r"&(?=#?\w+;)")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")

KEPT = frozenset({"b", "em", "i", "li", "ol", "p", "strong", "u", "ul"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BLOCKS = frozenset({"article", "blockquote", "dd", "div", "dl", "dt", "pre", "section", "tr"})
_SILENT = frozenset({"iframe", "noscript", "object", "script", "style", "svg", "template", "video"})


def clean_text(text: str) -> str:
    """A title or a name without what TikTok refuses: one line, no tags, emoji or entities.

    More than nine of one character in a row are cut to three. Empty if only symbols are left.
    """
    plain = _CONTROL.sub(" ", _plain(_TAG.sub(" ", unescape(text))))
    plain = _SPACES.sub(" ", _REPEATED.sub(r"\1\1\1", plain)).strip()
    return plain if any(char.isalnum() for char in plain) else ""


def is_refused_script(text: str, region: str) -> bool:
    """Whether it holds Chinese characters, which TikTok takes in Japan alone (as kanji)."""
    return region.upper() != "JP" and _HAN.search(text) is not None


def clean_description(html: str, end: str = "") -> tuple[str, int]:
    """The description as TikTok takes it, with the words of a template below, and how many
    pictures were left out.

    Pictures would have to be TikTok's own: those of the product are shown above the text anyway.
    """
    cleaner = _Cleaner()
    for part in (html, end):
        cleaner.feed(part)
        cleaner.close()
        cleaner.end_part()
    return cleaner.result(), cleaner.pictures


def _plain(text: str) -> str:
    return _EMOJI.sub("", text)


class _Cleaner(HTMLParser):
    """Writes down the text of a page with the few tags that are kept, each of them closed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pictures = 0
        self._out: list[str] = []
        self._open: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag == "img":
            self.pictures += 1
        elif tag == "br":
            self._out.append("<br>")
        elif tag in _HEADINGS:
            self.end_block()
            self._begin("p", "strong")
        elif tag in _BLOCKS:
            self.end_block()
        elif tag in ("td", "th"):
            self._out.append(" ")
        elif tag in KEPT:
            if tag in ("ol", "p", "ul"):
                self.end_block()
            self._begin(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _HEADINGS or tag in _BLOCKS:
            self.end_block()
        elif tag in self._open:
            while self._close() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        text = _SPACES.sub(" ", _CONTROL.sub(" ", _plain(data)))
        if not text.strip() and (not self._open or self._open[-1] in ("ul", "ol")):
            return
        if not self._open:
            self._begin("p")
        text = _REPEATED.sub(r"\1\1\1", text).replace("<", "‹").replace(">", "›")
        self._out.append(_ENTITY.sub("& ", text))

    def end_block(self) -> None:
        """Close what is open, lists apart."""
        while self._open and self._open[-1] not in ("ul", "ol", "li"):
            self._close()

    def end_part(self) -> None:
        """Close all that is open: what follows is another text."""
        while self._open:
            self._close()
        self._silent = 0
        self.reset()

    def result(self) -> str:
        """What was written, without empty paragraphs; nothing if it has no word in it."""
        if not any(char.isalnum() for char in _TAG.sub("", "".join(self._out))):
            return ""
        text = "".join(self._out)
        for _ in range(3):
            text = re.sub(r"<(\w+)>(\s|<br>)*</\1>", "", text)
        text = re.sub(r"\s+(?=</?(?:p|li|ol|ul|strong></p)>)|(?<=<p>)\s+|(?<=<li>)\s+", "", text)
        return text.strip()

    def _begin(self, *tags: str) -> None:
        self._open.extend(tags)
        self._out.extend(f"<{tag}>" for tag in tags)

    def _close(self) -> str:
        tag = self._open.pop()
        self._out.append(f"</{tag}>")
        return tag
