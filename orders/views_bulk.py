"""Acting on many orders: first what can be done with them, then the doing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html

from orders.frame import shops_of
from orders.list_bulk import ACTS, Act, Check, check
from orders.list_saved import query_of
from orders.list_selection import count_states, read_selection, select, state_of, with_state
from orders.services.bulk_acts import LONGEST_REASON, LONGEST_TAG, Asked, do_act
from orders.services.bulk_orders import begin_bulk
from tiktoksync.runs.models import Run
from tiktoksync.runs.services.runs import RunConflict
from tiktoksync.shops.models import TikTokShop
from tiktoksync.ui.toasts import say, say_trouble
from tiktoksync.web_access import MerchantRequest, merchant_action, read_key

AT_ONCE = 50
_UNDO = {"unskip", "let_go", "untag"}


@merchant_action
def check_orders(request: MerchantRequest) -> HttpResponse:
    """What an action would do with the selected orders, and what has to be said before."""
    act = ACTS.get(request.POST.get("act", ""))
    selection = _selection(request)
    orders = select(shops_of(request.merchant), selection)
    found = check(act, count_states(orders)) if act else None
    if not request.htmx and not (found and found.total):
        say_trouble(request, "No order is selected." if act else "Nothing was chosen to be done.")
        return _answer(request)
    context: dict[str, Any] = {
        "act": act,
        "hidden": _hidden(request, selection),
        "check": found,
        "longest": {"tag": LONGEST_TAG, "reason": LONGEST_REASON},
    }
    template = "orders/_bulk_ask.html" if request.htmx else "orders/bulk.html"
    return render(request, template, context)


@merchant_action
def act_on_orders(request: MerchantRequest) -> HttpResponse:
    """Do it: a few at once, many by a run that shows how far it is."""
    act = ACTS.get(request.POST.get("act", ""))
    asked, selection = _asked(request), _selection(request)
    if act is None:
        say_trouble(request, "Nothing was chosen to be done.")
    elif act.asks == "tag" and not asked.tag:
        say_trouble(request, "A tag needs a name.")
    else:
        _act(request, act, selection, asked)
    return _answer(request)


@merchant_action
def undo_orders(request: MerchantRequest) -> HttpResponse:
    """Take back what was just done to a few orders."""
    act, keys = request.GET.get("act", ""), request.GET.get("ids", "").split(",")
    asked = Asked(user=request.user, tag=request.GET.get("tag", "")[:LONGEST_TAG])
    selection = {"ids": [read_key(key) for key in keys[:AT_ONCE]]}
    done = 0
    if act in _UNDO:
        rows = select(shops_of(request.merchant), selection).select_related("shop").order_by("pk")
        done = sum(do_act(act, order, asked) for order in rows)
    if done:
        say(request, f"Taken back for {_count(done)}.")
    else:
        say_trouble(request, "There was nothing to take back.")
    return _answer(request)


def _act(request: MerchantRequest, act: Act, selection: Mapping[str, Any], asked: Asked) -> None:
    shops = shops_of(request.merchant)
    orders = select(shops, selection)
    keys = list(orders.order_by("pk").values_list("pk", flat=True)[: AT_ONCE + 1])
    if not keys:
        say_trouble(request, "Nothing is selected.")
    elif len(keys) <= AT_ONCE:
        _act_at_once(request, act, orders, asked)
    else:
        _begin(request, act, shops, selection, asked)


def _act_at_once(request: MerchantRequest, act: Act, orders: Any, asked: Asked) -> None:
    done: list[int] = []
    states: dict[Any, int] = {}
    for order in with_state(orders, asked.tag).select_related("shop").order_by("pk"):
        state = state_of(order)
        states[state] = states.get(state, 0) + 1
        if not act.judge(state) and do_act(act.key, order, asked):
            done.append(order.pk)
    _say_done(request, act, done, check(act, states), asked)


def _say_done(
    request: MerchantRequest, act: Act, done: Sequence[int], found: Check, asked: Asked
) -> None:
    if not done:
        say_trouble(request, found.sentence or "These orders have moved on: nothing was done.")
        return
    text = f"{_count(len(done)).capitalize()} {act.done}. {found.sentence}".strip()
    undo = ""
    if act.undo:
        ids = ",".join(str(key) for key in done)
        undo = f"{reverse('orders-bulk-undo')}?act={act.undo}&ids={ids}"
        undo += f"&tag={quote(asked.tag)}" if asked.tag else ""
    say(request, text, undo=undo)


def _begin(
    request: MerchantRequest,
    act: Act,
    shops: Sequence[TikTokShop],
    selection: Mapping[str, Any],
    asked: Asked,
) -> None:
    """A run for each shop that has some of the orders."""
    given = {"tag": asked.tag, "reason": asked.reason}
    found = select(shops, selection).order_by().values_list("shop_id", flat=True)
    with_some: set[int] = set(found.distinct())
    for shop in shops:
        if shop.pk not in with_some:
            continue
        try:
            run = begin_bulk(shop, act.key, selection, user=request.user, **given)
        except RunConflict as conflict:
            say_trouble(request, str(conflict))
        else:
            say(request, _told(run))


def _told(run: Run) -> str:
    address = reverse("run", args=[run.pk])
    return format_html('It is under way. <a href="{}">See how far it is</a>', address)


def _selection(request: MerchantRequest) -> dict[str, Any]:
    keys = [key for key in map(read_key, request.POST.getlist("pick")) if key]
    return read_selection(request.POST, keys)


def _hidden(request: MerchantRequest, selection: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The selection as fields of the form that confirms it."""
    if "ids" in selection:
        return [("pick", key) for key in selection["ids"]]
    fields = [("all", "1"), ("tab", selection["tab"]), *selection["filters"].items()]
    return [(name, value) for name, value in fields if value]


def _asked(request: MerchantRequest) -> Asked:
    return Asked(
        user=request.user,
        tag=" ".join(request.POST.get("tag_name", "").split())[:LONGEST_TAG],
        reason=" ".join(request.POST.get("reason", "").split())[:LONGEST_REASON],
    )


def _answer(request: MerchantRequest) -> HttpResponse:
    """The toasts alone, and the news that the list has changed; without a script the list."""
    if not request.htmx:
        query = query_of(request.POST)
        return redirect(f"{reverse('orders')}?{query}" if query else reverse("orders"))
    answer = render(request, "shared/_toasts.html", {"oob": True})
    answer["HX-Reswap"] = "none"
    answer["HX-Trigger"] = "orders-changed"
    return answer


def _count(number: int) -> str:
    return "1 order" if number == 1 else f"{number:,} orders"
