"""The page of all components: for builders only, whole, and as strict as any other page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from tests.factories import Pair
from tests.web.conftest import (  # noqa: F401  # fixtures
    browser,
    pair,
    plain_static_files,
)
from tests.web.reading import elements_of
from tests.web.test_markup import contrast, palette
from tiktoksync.ui.styleguide import GROUPS, gather_styleguide
from tiktoksync.ui.templatetags.icons import NAMES, icon

ROOT = Path(django_settings.BASE_DIR)


def test_it_exists_only_where_debug_is_on(pair: Pair, settings: Any) -> None:  # noqa: F811
    client = browser("nora", pair.merchant)
    assert client.get("/styleguide/").status_code == 404
    settings.DEBUG = True
    assert client.get("/styleguide/").status_code == 200


def test_every_component_is_shown_with_the_code_that_drew_it() -> None:
    files = {path.stem[1:] for path in (ROOT / "templates/ui/examples").glob("_*.html")}
    assert {key for _, rows in GROUPS for key, _, _ in rows} == files
    groups = gather_styleguide()["groups"]
    for example in (each for group in groups for each in group.examples):
        source = (ROOT / f"templates/ui/examples/_{example.key}.html").read_text().strip()
        assert example.code == source
        assert example.drawn.strip(), example.key


def test_every_tag_of_the_library_has_an_example() -> None:
    from tiktoksync.ui.templatetags.ui import register

    shown = "".join(path.read_text() for path in (ROOT / "templates/ui/examples").glob("*.html"))
    parts = "".join(path.read_text() for path in (ROOT / "templates/ui").glob("_*.html"))
    for tag in register.tags:
        assert re.search(rf"{{% {tag}\b", shown + parts), tag


def test_the_page_is_strict(pair: Pair, settings: Any) -> None:  # noqa: F811
    settings.DEBUG = True
    answer = browser("nora", pair.merchant).get("/styleguide/")
    for attrs in elements_of(answer):
        assert "style" not in attrs
        assert not [key for key in attrs if key.startswith("on")]
    ids = [attrs["id"] for attrs in elements_of(answer) if "id" in attrs]
    assert len(ids) == len(set(ids))


def test_the_names_of_icons_are_drawings_of_the_package() -> None:
    for name in NAMES:
        assert icon(name).count("<svg") == 1
        assert re.search(r"<(path|circle|rect|line|polyline)", icon(name)), name
    with pytest.raises(Exception, match="does not exist"):
        icon("no-such-drawing")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("tone", ["good", "info", "wait", "bad", "off", "accent"])
def test_bars_and_lines_stand_out_from_their_card(tone: str, dark: bool) -> None:
    colours = palette(dark)
    assert contrast(colours[f"plot-{tone}"], colours["surface"]) >= 3


def test_styles_and_scripts_ask_for_nothing_from_elsewhere() -> None:
    for path in [*(ROOT / "static").rglob("*.css"), *(ROOT / "static").rglob("*.js")]:
        text = re.sub(r"htmx|http://www.w3.org", "", path.read_text())
        assert not re.search(r"https?:|@import|eval\(", text), path
