"""Every page as a browser takes it: nothing inline, nothing from elsewhere, usable by all."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from orders.models import SavedView
from tests.connecting.stage import known_connections
from tests.factories import (
    Pair,
    link_sku,
    make_backfill,
    make_fulfillment,
    set_columns,
    stored_order,
    synced_order,
)
from tests.people.stage import known_people
from tests.privacy.stage import known_privacy
from tests.web.catalogue import known_products
from tests.web.reading import elements_of
from tests.web.routes import NAMES, PAGES, PERSONAL, PUBLIC, addresses
from tiktoksync.shops.services.tokens import mint_token

DATA = "application/json"
STATIC = Path(settings.BASE_DIR) / "static"
TEMPLATES = Path(settings.BASE_DIR) / "templates"
FRAGMENTS = {
    *("bell", "bell-list", "search-suggest"),
    *(
        "frame",
        "order-peek",
        "orders-pull-progress",
        "products-rows",
        "products-state",
        "run-items",
    ),
    "settings-products-example",
    "settings-effect",
}
WHOLE = [name for name in PAGES if "refresh" not in name and name != "order-link"]


@pytest.fixture
def known(pair: Pair) -> dict[str, Any]:
    """A merchant with something on every page."""
    order = stored_order(pair.shop)
    set_columns(order, sync_status="failed", failure_kind="config", failure_code="sku_unlinked")
    make_fulfillment(synced_order(pair.shop, "576461413038780002"))
    link = link_sku(pair, "BLUE", 42)
    mint_token(pair.merchant, "Warehouse")
    return {
        "tiktok_order_id": order.tiktok_order_id,
        "shop_id": pair.shop.shop_id,
        "tiktok_sku_id": "29RED",
        "link_id": link.pk,
        "run_id": make_backfill(pair).pk,
        "view_id": SavedView.objects.create(merchant=pair.merchant, name="Urgent").pk,
        **known_products(pair),
        **known_people(pair),
        **known_connections(pair),
        **known_privacy(pair),
        "token_id": 1,
    }


def look(name: str, known: dict[str, Any], anna: Client) -> Any:
    client = Client() if name in PUBLIC else anna
    return client.get(addresses(known)[name])


@pytest.mark.parametrize("name", [*PAGES, "login"])
def test_nothing_is_inline_and_nothing_comes_from_elsewhere(
    name: str, known: dict[str, Any], anna: Client
) -> None:
    answer = look(name, known, anna)
    content = answer.content.decode()
    for attrs in elements_of(answer):
        assert "style" not in attrs
        assert not [key for key in attrs if key.startswith(("on", "hx-on", "hx-vals", "hx-vars"))]
        assert not attrs.get("href", "").startswith("javascript:")
        assert not re.search(r"\[.*\]", attrs.get("hx-trigger", "")), "a filter needs eval"
    # Facts for a script are no script: the policy lets no other inline one through.
    scripts = [one for one in elements_of(answer, "script") if one.get("type") != DATA]
    for script in scripts:
        assert script["src"].startswith("/static/")
    assert not re.search(rf"<script(?![^>]*{DATA})[^>]*>[^<]", content)
    assert "<style" not in content
    for attrs in elements_of(answer, "link"):
        assert attrs["href"].startswith("/static/") or attrs["rel"] == "expect"
    for attrs in elements_of(answer, "img"):
        assert attrs["src"].startswith("/pictures/")
    if answer.status_code == 200:
        policy = answer["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy


@pytest.mark.parametrize("name", [*WHOLE, "login"])
def test_pages_are_whole_and_named(name: str, known: dict[str, Any], anna: Client) -> None:
    answer = look(name, known, anna)
    content = answer.content.decode()
    if "<html" not in content:
        assert name in FRAGMENTS
        return
    assert content.startswith("<!doctype html>")
    assert '<html lang="en">' in content
    assert re.search(r"<title>[^<·]+ · TikTokSync</title>", content)
    assert len(elements_of(answer, "h1")) == 1
    assert len(elements_of(answer, "main")) == 1
    (config,) = [each for each in elements_of(answer, "meta") if each.get("name") == "htmx-config"]
    assert config["content"] == '{"includeIndicatorStyles":false,"allowEval":false}'
    assert "/static/favicon.svg" in content


@pytest.mark.parametrize("name", [*PAGES, "login"])
def test_fields_have_names_and_ids_are_unique(
    name: str, known: dict[str, Any], anna: Client
) -> None:
    answer = look(name, known, anna)
    ids = [attrs["id"] for attrs in elements_of(answer) if "id" in attrs]
    assert len(ids) == len(set(ids))
    content = answer.content.decode()
    for tag in ("input", "select"):
        for field in elements_of(answer, tag):
            if field.get("type") in ("hidden",) or "aria-label" in field:
                continue
            named = f'for="{field.get("id")}"' in content
            wrapped = re.search(
                rf'<label[^>]*>(?:(?!</label>).)*name="{field["name"]}"', content, re.S
            )
            assert named or wrapped, field


@pytest.mark.parametrize("name", [*PAGES, "login"])
def test_every_form_that_changes_something_carries_its_token(
    name: str, known: dict[str, Any], anna: Client
) -> None:
    answer = look(name, known, anna)
    posts = [form for form in elements_of(answer, "form") if form.get("method") == "post"]
    tokens = [
        field
        for field in elements_of(answer, "input")
        if field.get("name") == "csrfmiddlewaretoken"
    ]
    assert len(posts) == len(tokens)
    for form in posts:
        # Works without a script: what htmx posts, a plain form posts to the same address.
        assert form.get("hx-post", form.get("action", "")) == form.get("action", "")


def test_missing_and_forbidden_pages_speak_our_language(pair: Pair, anna: Client) -> None:
    for address in ("/orders/1/", "/nowhere/"):
        answer = anna.get(address)
        assert answer.status_code == 404
        assert (
            "This page does not exist, or belongs to another merchant." in answer.content.decode()
        )


def test_templates_compare_no_statuses_and_ask_no_queries() -> None:
    words = "held|pending|sending|synced|failed|skipped|ON_HOLD|AWAITING|TRANSIT|DELIVERED|CANCEL"
    for path in TEMPLATES.rglob("*.html"):
        if "admin" in path.parts:
            continue
        text = path.read_text()
        assert not re.search(rf"==\s*['\"]({words})", text), path
        assert not re.search(r"(order|row|item|shop)\.\w*status ==", text), path
        assert ".objects" not in text, path
        assert "_set." not in text, path


def test_badges_are_drawn_in_one_place() -> None:
    coloured = 'class="badge tone-{{'
    drawn = [path.name for path in TEMPLATES.rglob("*.html") if coloured in path.read_text()]
    assert drawn == ["_status_badge.html"]


def test_style_and_script_ask_for_nothing_else() -> None:
    for path in (STATIC / "app.css", STATIC / "app.js"):
        text = path.read_text()
        assert "http" not in text.replace("htmx", "")
        assert "@import" not in text
        assert "eval(" not in text


def test_every_route_has_a_name_of_its_own() -> None:
    assert len(NAMES) == len(set(NAMES))
    assert set(NAMES) > PERSONAL | PUBLIC


# --- contrast: WCAG AA asks for 4.5 between text and its ground -----------------------------------


def palette(dark: bool) -> dict[str, str]:
    """The colours of the style sheet, in light or in dark rooms."""
    blocks = re.findall(r":root \{(.*?)\}", (STATIC / "app.css").read_text(), re.S)
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", blocks[0]))
    return (
        colours | dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", blocks[1])) if dark else colours
    )


def luminance(colour: str) -> float:
    parts = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


PAIRS = [
    ("text", ground)
    for ground in ("page", "surface", "sunken", "bad-soft", "wait-soft", "off-soft")
]
PAIRS += [("muted", ground) for ground in ("page", "surface", "sunken")]
PAIRS += [("accent-text", ground) for ground in ("page", "surface", "sunken", "accent-soft")]
PAIRS += [(tone, f"{tone}-soft") for tone in ("good", "info", "wait", "bad", "off")]
PAIRS += [(tone, ground) for tone in ("good", "wait", "bad") for ground in ("surface", "sunken")]
PAIRS += [("on-accent", "accent"), ("page", "text")]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_stands_out_from_its_ground(text: str, ground: str, dark: bool) -> None:
    colours = palette(dark)
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["page", "surface", "sunken"])
def test_edges_of_fields_stand_out(ground: str, dark: bool) -> None:
    colours = palette(dark)
    assert contrast(colours["line-strong"], colours[ground]) >= 3
