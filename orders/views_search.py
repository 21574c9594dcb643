"""Global search: suggestions while somebody types, a page of all that was found, exact ids."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render

from orders.frame import shops_of
from orders.search_everything import find_exactly, find_groups, tidy_words
from tiktoksync.web_access import MerchantRequest, merchant_page

MOST_ON_PAGE = 20


@merchant_page
def search(request: MerchantRequest) -> HttpResponse:
    """Everything that the words find; an exact id leads straight to its page."""
    words, shops = tidy_words(request.GET.get("q", "")), shops_of(request.merchant)
    if words and (page := find_exactly(shops, words)):
        return redirect(page)
    groups = find_groups(request.merchant, shops, words, MOST_ON_PAGE)
    return render(request, "search/search.html", {"words": words, "groups": groups})


@merchant_page
def suggest(request: MerchantRequest) -> HttpResponse:
    """The best of what the words find, for the box above every page."""
    words = tidy_words(request.GET.get("q", ""))
    groups = find_groups(request.merchant, shops_of(request.merchant), words)
    return render(request, "search/_hits.html", {"words": words, "groups": groups})
