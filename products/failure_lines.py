"""Everything that can stand in the way of a product, as lines of the failure catalogue."""

from __future__ import annotations

from collections.abc import Iterator

from products import import_words, link_words, listing_words, review_words, upload_words
from tiktoksync.support.buttons import Action
from tiktoksync.support.lines import Line, line

#: What needs no advice, since nothing is wrong.
NOTHING = "Nothing to do: this is how it should be."


def lines() -> Iterator[Line]:
    """Uploads, imports, links, and what listings are told."""
    for code, told in upload_words.ISSUES.items():
        # A sentence that is nothing but a blank is told by its heading.
        blanks = {"what": told.heading} if told.words.startswith("{what}") else {}
        yield line("upload", "Uploads to TikTok", code, told.words, told.fix, blanks=blanks)
    for code, (words, fix) in import_words.ISSUES.items():
        yield line("import", "Imports from TikTok", code, words, fix)
    for code, words in link_words.WORDS.items():
        fix = link_words.cause_fix(code)
        action = Action.OPEN_PRODUCTS if fix else Action.WAIT
        yield line("link", "Links", str(code), f"{words}.", fix or NOTHING, action=action)
    for code, cause in listing_words.CAUSES.items():
        yield line("listing", "Stock, prices and state", code, cause.words, cause.fix or NOTHING)
    for place, where in review_words.places():
        code = place.casefold().replace(" ", "_")
        sentence = f"TikTok's review objects to the listing: {place}."
        yield line("review", "TikTok's reviews", code, sentence, where)
