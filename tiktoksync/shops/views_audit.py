"""Who changed what, and how busy the installation is."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from orders.frame import frame_of
from tiktoksync.shops.audit import SECTIONS, STAFF, TEAM, read_audit
from tiktoksync.shops.capacity import read_limits, read_queues, working_lanes
from tiktoksync.web_access import MerchantRequest, merchant_page


@merchant_page
def show_audit(request: MerchantRequest) -> HttpResponse:
    """What the team set and what support did."""
    by, section = request.GET.get("by", ""), request.GET.get("section", "")
    page = read_audit(request.merchant, by=by, section=section, after=request.GET.get("after", ""))
    context = {
        "page": page,
        "by": by,
        "chosen_section": section,
        "people": (("", "Everybody"), (TEAM, "Your team"), (STAFF, "Support")),
        "sections": (("", "Every section"), *SECTIONS),
        "is_filtered": bool(by or section),
    }
    return render(request, "settings/audit.html", context)


@merchant_page
def show_capacity(request: MerchantRequest) -> HttpResponse:
    """What is due, who works, who was asked when."""
    shops, now = frame_of(request).shops, timezone.now()
    context = {
        "shops": shops,
        "queues": read_queues(shops, now),
        "lanes": working_lanes(now),
        "limits": read_limits(shops),
    }
    return render(request, "settings/capacity.html", context)
