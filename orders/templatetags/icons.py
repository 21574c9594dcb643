"""Icons drawn for this application: strokes on a 24 by 24 grid, in the colour of the text."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_ICONS = {
    "activity": '<path d="M2 12h4l3-8 6 16 3-8h4"/>',
    "alert": '<path d="M12 3.5 22 20.5H2Z"/><path d="M12 10v5"/><path d="M12 17.8v.2"/>',
    "api": '<path d="m8 7-5 5 5 5M16 7l5 5-5 5M13.5 5l-3 14"/>',
    "bag": '<path d="M5 8h14l1 13H4Z"/><path d="M8.5 11V7a3.5 3.5 0 0 1 7 0v4"/>',
    "box": '<path d="M12 3 3.5 7.5v9L12 21l8.5-4.5v-9Z"/>'
    '<path d="M3.5 7.5 12 12l8.5-4.5M12 12v9"/>',
    "check": '<path d="m5 12.5 4.5 4.5L19 7.5"/>',
    "checks": '<path d="m2.5 12.5 4.5 4.5 9-9.5M12.5 16l1 1 8.5-9.5"/>',
    "chevron": '<path d="m9 5 7 7-7 7"/>',
    "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3.5 2"/>',
    "cross": '<path d="m6 6 12 12M18 6 6 18"/>',
    "external": '<path d="M13 4h7v7M20 4l-9.5 9.5"/><path d="M17 14v6H4V7h6"/>',
    "gear": '<path d="M4 7h9M17 7h3M4 17h3M11 17h9"/><circle cx="15" cy="7" r="2"/>'
    '<circle cx="9" cy="17" r="2"/>',
    "hand": '<path d="M4 20h16M12 4v10M8 10.5l4 4 4-4"/>',
    "home": '<path d="M3.5 11 12 4l8.5 7"/><path d="M6 9.5V20h12V9.5M10 20v-5.5h4V20"/>',
    "key": '<circle cx="8" cy="15" r="4.5"/><path d="M11.3 11.7 20 3M16 7l3 3"/>',
    "left": '<path d="M19 12H5M11 6l-6 6 6 6"/>',
    "link": '<path d="M10 14a4 4 0 0 0 5.7 0l3.6-3.6a4 4 0 0 0-5.7-5.7L12 6.3"/>'
    '<path d="M14 10a4 4 0 0 0-5.7 0l-3.6 3.6a4 4 0 0 0 5.7 5.7l1.6-1.6"/>',
    "note": '<path d="M14 4v11.5a3.5 3.5 0 1 1-3.5-3.5"/><path d="M14 4c.5 3 2.5 4.5 5 4.8"/>',
    "out": '<path d="M14 4H5v16h9M10 12h11M17 8l4 4-4 4"/>',
    "pause": '<circle cx="12" cy="12" r="9"/><path d="M10 9v6M14 9v6"/>',
    "person": '<circle cx="12" cy="8" r="4"/><path d="M4 21c.5-4.5 3.5-6.5 8-6.5s7.5 2 8 6.5"/>',
    "plug": '<path d="M9 3v5M15 3v5M6 8h12v3a6 6 0 0 1-12 0ZM12 17v4"/>',
    "question": '<circle cx="12" cy="12" r="9"/><path d="M9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.7.3'
    '-1 .8-1 1.7"/><path d="M12 16.8v.2"/>',
    "queue": '<path d="M4 6h16M4 12h11M4 18h6"/>',
    "retry": '<path d="M20 12a8 8 0 1 1-2.5-5.8L20 8.5"/><path d="M20 3.5v5h-5"/>',
    "right": '<path d="M5 12h14M13 6l6 6-6 6"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>',
    "skip": '<path d="m5 6 8 6-8 6ZM18 6v12"/>',
    "split": '<path d="M4 12h5c4 0 4-6 11-6M9 12c4 0 4 6 11 6"/>',
    "staff": '<path d="M4 14v-2a8 8 0 0 1 16 0v2"/><path d="M4 13h3v6H5a1 1 0 0 1-1-1ZM20 13h-3v6h2'
    'a1 1 0 0 0 1-1Z"/>',
    "stop": '<circle cx="12" cy="12" r="9"/><path d="m6 6 12 12"/>',
    "sync": '<path d="M4 9.5h15L14.5 5M20 14.5H5l4.5 4.5"/>',
    "tag": '<path d="M3.5 12V4h8L21 13.5 13 21.5Z"/><circle cx="8" cy="8.5" r="1.2"/>',
    "truck": '<path d="M2.5 6H14v10H2.5ZM14 9.5h4l3.5 3.5v3H14"/><circle cx="7" cy="17.5" r="2"/>'
    '<circle cx="17.5" cy="17.5" r="2"/>',
    "unlink": '<path d="m4 4 16 16"/><path d="M15.5 14.5 19.3 10.7a4 4 0 0 0-5.7-5.7L12 6.6"/>'
    '<path d="M8.5 9.5l-3.8 3.8a4 4 0 0 0 5.7 5.7l1.6-1.6"/>',
}


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon as inline SVG; decoration only, so the word beside it carries the meaning."""
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>',
        mark_safe(_ICONS[name]),
    )
