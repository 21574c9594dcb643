"""Each component as a page gets it: names for screen readers, nothing inline, nothing unsafe."""

from __future__ import annotations

import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.messages.storage.fallback import FallbackStorage
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone

from tests.web.reading import elements_of, text_of
from tiktoksync.ui.charts import Chart, Series
from tiktoksync.ui.components import Guide, Metric, Step
from tiktoksync.ui.toasts import say, say_trouble, undo_address


def draw(code: str, **facts: Any) -> Any:
    text = Template("{% load ui icons %}" + code).render(Context(facts))
    return SimpleNamespace(content=text.encode())


def test_content_of_a_block_is_kept_and_words_are_escaped() -> None:
    drawn = draw(
        "{% modal id='m' title=title %}<p>{{ word }}</p>{% endmodal %}", title="<b>", word="<i>"
    )
    page = drawn.content.decode()
    assert "&lt;b&gt;" in page
    assert "<p>&lt;i&gt;</p>" in page
    assert not re.search("<[bi]>", page)
    (dialog,) = elements_of(drawn, "dialog")
    assert (dialog["id"], dialog["aria-labelledby"]) == ("m", "m-title")


def test_progress_tells_its_state_in_numbers_too() -> None:
    drawn = draw("{% progress 120 64 failed=9 skipped=12 label='Upload' %}")
    bar = elements_of(drawn)[0]
    assert (bar["role"], bar["aria-valuenow"], bar["aria-valuemax"]) == ("progressbar", "85", "120")
    assert [(r["class"], r["x"], r["width"]) for r in elements_of(drawn, "rect")] == [
        ("tone-accent", "0.0", "53.33"),
        ("tone-bad", "53.33", "7.5"),
        ("tone-off", "60.83", "10.0"),
    ]
    assert elements_of(draw("{% progress 0 0 %}"), "rect") == []


def test_a_chart_has_a_sentence_and_a_table() -> None:
    series = [Series("synced", "good", (3, 0)), Series("blocked", "bad", (1, 2))]
    chart = Chart("Orders a day", ["Mon", "Tue"], series, "Up to 4 a day.")
    drawn = draw("{% column_chart chart %}", chart=chart)
    (picture,) = [each for each in elements_of(drawn, "svg") if each.get("role") == "img"]
    assert picture["aria-label"] == "Orders a day. Up to 4 a day."
    assert "As a table When synced blocked Mon 3 1 Tue 0 2" in text_of(drawn)


def test_the_guide_opens_the_first_step_that_is_left() -> None:
    steps = [Step("One", "/1/", True), Step("Two", "/2/", False, "Now this."), Step("Three", "/3/")]
    guide = Guide("Get set up", steps)
    assert (guide.done, guide.next_step) == (1, steps[1])
    words = text_of(draw("{% setup_guide guide %}", guide=guide))
    assert "1 of 3 done" in words
    assert "One done Two Now this. Continue Three" in words
    assert Guide("Done", steps[:1]).next_step is None


def test_a_metric_without_a_past_draws_no_line() -> None:
    metric = Metric("Blocked", "4", "/orders/", "stop", "bad", "2 causes", (1,))
    drawn = draw("{% metric metric %}", metric=metric)
    assert text_of(drawn) == "Blocked 4 2 causes"
    assert elements_of(drawn, "polyline") == []
    assert elements_of(drawn, "a")[0]["href"] == "/orders/"


def test_a_ring_carries_its_end_for_the_script() -> None:
    until = timezone.now() + timedelta(minutes=30)
    (ring,) = elements_of(draw("{% ring until 3600 %}", until=until), "svg")
    assert ring["data-ring-seconds"] == "3600"
    assert ring["data-ring"].startswith(until.strftime("%Y-%m-%dT%H:%M"))


def test_a_pager_shows_only_ways_that_are_there() -> None:
    assert text_of(draw("{% pager older='?after=1' %}")) == "Older"
    assert draw("{% pager %}").content.strip() == b""


@pytest.mark.parametrize("kind", [say, say_trouble])
def test_a_toast_remembers_its_way_back(kind: Any) -> None:
    request = RequestFactory().get("/")
    request.session = {}
    request._messages = FallbackStorage(request)
    kind(request, "Skipped.", **({"undo": "/back/"} if kind is say else {}))
    (message,) = request._messages
    assert str(message) == "Skipped."
    assert undo_address(message.extra_tags or "") == ("/back/" if kind is say else "")


def test_a_toast_with_a_way_back_posts_it() -> None:
    toast = SimpleNamespace(extra_tags="undo:/back/", level_tag="success")
    plain = SimpleNamespace(extra_tags="", level_tag="success")
    drawn = draw("{% include 'shared/_toasts.html' %}", messages=[toast, plain])
    assert [form["action"] for form in elements_of(drawn, "form")] == ["/back/"]
