"""Icons of the lucide package: strokes on a 24 by 24 grid, in the colour of the text."""

from functools import lru_cache
from xml.etree import ElementTree

import lucide
from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

#: What a thing is called here, and lucide's drawing of it. Any other name is lucide's own.
NAMES = {
    "alert": "triangle-alert",
    "api": "code-xml",
    "bag": "shopping-bag",
    "box": "package",
    "checks": "check-check",
    "chevron": "chevron-right",
    "cross": "x",
    "danger": "octagon-alert",
    "external": "external-link",
    "gear": "settings",
    "hand": "package-check",
    "help": "circle-question-mark",
    "home": "house",
    "key": "key-round",
    "left": "arrow-left",
    "money": "banknote",
    "more": "ellipsis",
    "note": "music-2",
    "out": "log-out",
    "pause": "circle-pause",
    "person": "user-round",
    "question": "circle-question-mark",
    "queue": "list-end",
    "retry": "rotate-cw",
    "return": "undo-2",
    "right": "arrow-right",
    "skip": "skip-forward",
    "staff": "headset",
    "stop": "ban",
    "sync": "arrow-left-right",
    "team": "users-round",
    "trash": "trash-2",
}
_SVG = '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>'


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon as inline SVG; decoration only, so the word beside it carries the meaning."""
    return _draw(str(name))


@lru_cache(maxsize=256)
def _draw(name: str) -> SafeString:
    drawing = lucide._load_icon(NAMES.get(name, name))
    strokes = (ElementTree.tostring(part, encoding="unicode").strip() for part in drawing)
    return mark_safe(_SVG.format("".join(strokes).replace(" />", "/>")))
