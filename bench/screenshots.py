"""`python -m bench.screenshots [NAME …]`: a picture of every page, in both themes and two sizes."""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser

from bench.chromium import chromium, sign_in
from bench.served import ROOT, served
from tests.browser.pages import ORDERS, OUTSIDE, PAGES, STAFF

FOLDER = ROOT / "docs" / "screenshots"

SIZES = {"1280": (1280, 860), "390": (390, 844)}
THEMES: tuple[Any, ...] = ("light", "dark")
COLOURS = 128


def main(names: Sequence[str]) -> int:
    """Furnish an installation, take the pictures, say how many."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    taken = 0
    with (
        tempfile.TemporaryDirectory(prefix="tiktoksync-pictures-") as folder,
        served(Path(folder), ORDERS, debug=True) as url,
        chromium() as browser,
    ):
        for who, pages in (("aurora", PAGES), ("staff", STAFF), ("", OUTSIDE)):
            wanted = {name: path for name, path in pages.items() if not names or name in names}
            if wanted:
                taken += _shoot(browser, url, who, wanted)
    print(f"{taken} pictures in {FOLDER.relative_to(ROOT)}")
    return 0


def _shoot(browser: Browser, url: str, who: str, pages: dict[str, str]) -> int:
    state = _signed_in(browser, url, who) if who else None
    for theme in THEMES:
        for size, (width, height) in SIZES.items():
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=theme,
                reduced_motion="reduce",
                storage_state=state,
            )
            page = context.new_page()
            for name, path in pages.items():
                page.goto(f"{url}{path}")
                page.wait_for_load_state("networkidle")
                _keep(page.screenshot(), FOLDER / f"{name}-{size}-{theme}.png")
            context.close()
    return len(pages) * len(THEMES) * len(SIZES)


def _keep(picture: bytes, path: Path) -> None:
    """With a palette: a page has few colours, and the file a third of the bytes."""
    with Image.open(io.BytesIO(picture)) as image:
        image.convert("RGB").quantize(
            COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
        ).save(path, optimize=True)


def _signed_in(browser: Browser, url: str, who: str) -> Any:
    context = browser.new_context()
    sign_in(context.new_page(), url, who)
    state = context.storage_state()
    context.close()
    return state


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
