"""The page that shows every component, for those who build pages; nobody else sees it."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render

from tiktoksync.ui.styleguide import gather_styleguide
from tiktoksync.web_access import MerchantRequest, merchant_page


@merchant_page
def show_styleguide(request: MerchantRequest) -> HttpResponse:
    """All components in all states, with the code to copy; only where DEBUG is on."""
    if not settings.DEBUG:
        raise Http404
    return render(request, "ui/styleguide.html", gather_styleguide())
