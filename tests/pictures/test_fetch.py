"""Pictures that pages asked for are fetched once, small, and again only after a while."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Model

from tests.factories import seconds_from_now, set_columns
from tests.lib.raw_server import answer, serving
from tests.pictures.drawn import drawn, opened
from tiktoksync.lib.download import Download
from tiktoksync.lib.timing import database_now
from tiktoksync.pictures.models import Picture
from tiktoksync.pictures.services import fetch_pictures as fetching
from tiktoksync.pictures.services.ask_pictures import ask_picture
from tiktoksync.pictures.services.fetch_pictures import fetch_aside, fetch_pictures, forget_unseen

pytestmark = pytest.mark.django_db
PNG = answer(drawn(), Content_Type="image/png")
HOUR, DAY = 3600.0, 86400.0


@pytest.fixture(autouse=True)
def on_loopback(settings: Any) -> None:
    settings.ON_LOOPBACK = True


def only() -> Picture:
    return Picture.objects.get()


def due_now(row: Model) -> None:
    set_columns(row, due_at=database_now())


def test_a_picture_is_fetched_once_and_kept_small() -> None:
    with serving(PNG) as server:
        ask_picture(f"{server.url}/shirt.png?v=7")
        assert fetch_pictures() == 1
        assert fetch_pictures() == 0
        (request,) = server.requests
    row = only()
    assert opened(bytes(row.content)).size == (160, 80)
    assert (row.due_at, row.problem, row.tries) == (None, "", 0)
    assert abs(seconds_from_now(row.fetched_at)) < 60
    for word in (b"cookie", b"authorization", b"referer"):
        assert word not in request.lower()


def test_a_page_of_pictures_is_fetched_in_one_turn() -> None:
    with serving(PNG) as server:
        for number in range(20):
            ask_picture(f"{server.url}/{number}.png")
        assert fetch_pictures() == 20
        assert len(server.requests) == 20
    assert Picture.objects.filter(content=b"").count() == 0


def test_a_turn_has_an_end() -> None:
    with serving(PNG) as server:
        for number in range(5):
            ask_picture(f"{server.url}/{number}.png")
        assert fetch_pictures(limit=3) == 3
    assert Picture.objects.filter(content=b"").count() == 2


def test_shopify_is_asked_for_a_small_one(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def download(url: str, **_: Any) -> Download:
        asked.append(url)
        return Download(drawn(), "image/png")

    monkeypatch.setattr(fetching, "download_file", download)
    ask_picture("https://cdn.shopify.com/a.png?v=1")
    ask_picture("https://cdn.shopify.com/b.png")
    ask_picture("https://p16.ibyteimg.com/c.png?x=1")
    fetch_pictures()
    assert sorted(asked) == [
        "https://cdn.shopify.com/a.png?v=1&width=320",
        "https://cdn.shopify.com/b.png?width=320",
        "https://p16.ibyteimg.com/c.png?x=1",
    ]


@pytest.mark.parametrize(
    ("status", "waits"),
    [("500 No", (60, 600, HOUR, 6 * HOUR, DAY, DAY)), ("404 Not Found", (DAY, DAY))],
)
def test_what_fails_is_tried_again_ever_later(status: str, waits: tuple[float, ...]) -> None:
    with serving(answer(b"", status=status)) as server:
        ask_picture(f"{server.url}/a.png")
        for place, wait in enumerate(waits, start=1):
            assert fetch_pictures() == 0
            assert len(server.requests) == place
            assert abs(seconds_from_now(only().due_at) - wait) < 30
            assert only().problem
            due_now(only())
    assert bytes(only().content) == b""


def test_what_is_no_picture_is_not_kept() -> None:
    page = answer(b"<html><script>alert(1)</script>", Content_Type="image/png")
    with serving(page) as server:
        ask_picture(f"{server.url}/a.png")
        fetch_pictures()
    assert bytes(only().content) == b""
    assert only().problem == "The file is not a picture that can be read."


def test_a_copy_after_failures_is_a_copy() -> None:
    with serving(answer(b"", status="500 No"), PNG) as server:
        ask_picture(f"{server.url}/a.png")
        fetch_pictures()
        due_now(only())
        assert fetch_pictures() == 1
    assert (only().problem, only().due_at) == ("", None)


def test_this_machine_is_not_asked_but_in_a_rehearsal(settings: Any) -> None:
    with serving(PNG) as server:
        ask_picture(f"{server.url}/a.png")
        settings.ON_LOOPBACK = False
        assert fetch_pictures() == 0
        assert server.requests == []
    assert only().problem == "Its address may not be asked."


def test_a_worker_that_died_is_waited_for_and_then_replaced() -> None:
    with serving(PNG) as server:
        ask_picture(f"{server.url}/a.png")
        (claimed,) = fetching._claim(8)
        assert fetch_pictures() == 0
        assert server.requests == []
        due_now(claimed)
        assert fetch_pictures() == 1
        # What the first one brings after all changes nothing.
        fetching._keep(claimed, fetching.Fetched(problem="late"))
    assert only().problem == ""


def test_what_no_page_shows_any_more_is_not_tried() -> None:
    with serving(answer(b"", status="500 No")) as server:
        row = ask_picture(f"{server.url}/a.png")
        set_columns(row, asked_at=database_now() - timedelta(days=3))
        fetch_pictures()
        assert server.requests == []
        ask_picture(f"{server.url}/a.png")
        fetch_pictures()
        assert len(server.requests) == 1


def test_a_look_is_noted_once_a_day_with_the_newest_address() -> None:
    old = "https://p16.ibyteimg.com/a.png?x-expires=1"
    new = "https://p19.ibyteimg.com/a.png?x-expires=2"
    row = ask_picture(old)
    ask_picture(new)
    assert only().url == old
    set_columns(row, asked_at=database_now() - timedelta(days=1, hours=1))
    ask_picture(new)
    assert only().url == new
    assert abs(seconds_from_now(only().asked_at)) < 60


def test_copies_that_nobody_looks_at_are_forgotten() -> None:
    for number, days in enumerate((0, 59, 61, 100)):
        row = ask_picture(f"https://cdn.example/{number}.png")
        set_columns(row, asked_at=database_now() - timedelta(days=days))
    assert forget_unseen() == 2
    left = Picture.objects.order_by("url").values_list("url", flat=True)
    assert list(left) == ["https://cdn.example/0.png", "https://cdn.example/1.png"]


def test_no_thread_is_begun_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[Any] = []
    monkeypatch.setattr(fetching, "run_aside", lambda *given: begun.append(given))
    fetch_aside()
    assert begun == []
    ask_picture("https://cdn.example/a.png")
    fetch_aside()
    assert begun == [("pictures", fetch_pictures)]
