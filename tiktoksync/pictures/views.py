"""The copies of pictures, for the pages of one merchant."""

from __future__ import annotations

from django.db import OperationalError
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

from tiktoksync.pictures.addresses import read_signed
from tiktoksync.pictures.services.ask_pictures import ask_picture
from tiktoksync.web_access import MerchantRequest, merchant_page

#: One transparent point: the page's own stand-in is seen through it, and js/pictures.js knows that
#: it may ask again by its size.
NOT_YET = b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"></svg>'
#: Another picture has another address, so a browser may keep one for long; nobody else may.
KEEP = "private, max-age=2592000, immutable"


@merchant_page
def show_picture(request: MerchantRequest, signed: str) -> HttpResponseBase:
    """The copy, or a transparent point as long as there is none."""
    url = read_signed(request.merchant, signed)
    if url is None:
        raise Http404
    try:
        row = ask_picture(url)
    except OperationalError:
        return _not_yet()  # a busy database: the page's next try finds it
    if not row.content:
        return _not_yet()
    etag = quote_etag(f"{row.key[:16]}-{row.fetched_at}")
    answer = HttpResponse(bytes(row.content), content_type="image/webp")
    answer["ETag"], answer["Cache-Control"] = etag, KEEP
    _lock_up(answer)
    found = get_conditional_response(request, etag=etag, response=answer)
    return found or answer


def _not_yet() -> HttpResponse:
    answer = HttpResponse(NOT_YET, content_type="image/svg+xml")
    answer["Cache-Control"] = "no-store"
    _lock_up(answer)
    return answer


def _lock_up(answer: HttpResponse) -> None:
    """Opened by itself it is a picture and nothing more."""
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["X-Content-Type-Options"] = "nosniff"
