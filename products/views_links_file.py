"""Links as a file: fetched, looked over, taken in."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from orders.frame import frame_of
from products.links_file import MOST_BYTES, Unreadable, Wish, read_links, write_links
from products.services.take_links import check_links, count_problems, take_links
from tiktoksync.web_access import MerchantRequest, merchant_action, merchant_page

PAGE = "products/links_file.html"


@merchant_page
def download_links(request: MerchantRequest) -> StreamingHttpResponse:
    """Every link of the merchant as a CSV file."""
    lines = write_links(frame_of(request).shops)
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="links.csv"'
    return answer


@merchant_page
def show_file_form(request: MerchantRequest) -> HttpResponse:
    """Where a file is chosen."""
    return render(request, PAGE, {"shops": frame_of(request).shops})


@merchant_action
def check_file(request: MerchantRequest) -> HttpResponse:
    """What a file would do, before anything is done."""
    try:
        text, wishes = _read(request)
    except Unreadable as fault:
        return render(request, PAGE, {"fault": str(fault)}, status=422)
    report = check_links(frame_of(request).shops, wishes)
    context = {"report": report, "problems": count_problems(report), "text": text}
    return render(request, PAGE, context)


@merchant_action
def take_file(request: MerchantRequest) -> HttpResponse:
    """Make the links of a file that was looked over."""
    try:
        _, wishes = _read(request)
    except Unreadable as fault:
        return render(request, PAGE, {"fault": str(fault)}, status=422)
    made = take_links(frame_of(request).shops, wishes, request.user)
    words = "1 link was made" if made == 1 else f"{made:,} links were made"
    messages.success(request, f"{words}. Orders that waited for them go on by themselves.")
    return redirect(f"{reverse('products')}?tab=linked")


def _read(request: MerchantRequest) -> tuple[str, list[Wish]]:
    """The file's text and lines; a file that was looked over comes back as text."""
    given = request.FILES.get("file")
    if given is None:
        text = str(request.POST.get("text", ""))
    elif (given.size or 0) > MOST_BYTES:
        raise Unreadable("The file is larger than 2 MB.")
    else:
        text = given.read().decode("utf-8-sig", errors="replace")
    if not text.strip():
        raise Unreadable("Choose a file first.")
    return text, read_links(text)
