"""Two processes at once, on the database that the tests run on; SQLite as a file, as in life."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from orders.models import Order
from tests.factories import Pair, make_pair, make_variant
from tests.sync.conftest import make_row
from tests.sync.course import Course
from tests.sync.racer import ORDERS_A_PAGE

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = 40


@pytest.fixture
def pair() -> Pair:
    return make_pair()


def test_two_drains_at_once_send_each_row_once(pair: Pair, tmp_path: Path) -> None:
    for number in range(ROWS):
        make_row(pair, f"{number:03}")
    course = Course(tmp_path)
    lines = Counter(course.race("rows", pair.shop.pk))
    assert lines == Counter(f"create {number:03}" for number in range(ROWS))
    assert course.read("SELECT sync_status, COUNT(*) FROM orders_order GROUP BY sync_status") == [
        ("synced", ROWS)
    ]
    assert course.read("SELECT outcome, COUNT(*) FROM sync_attempt GROUP BY outcome") == [
        ("ok", ROWS)
    ]


def test_a_lane_is_drained_by_one_of_two_workers(pair: Pair, tmp_path: Path) -> None:
    for number in range(ROWS):
        make_row(pair, f"{number:03}")
    course = Course(tmp_path)
    lines = Counter(course.race("lane", pair.shop.pk))
    created = {line for line in lines if line.startswith("create")}
    assert len(created) == ROWS
    assert max(lines[line] for line in created) == 1
    assert lines["busy False"] >= 1
    fences = course.read("SELECT fence FROM sync_lanelease WHERE key LIKE 'fake_flow:%'")
    assert fences == [(lines["busy False"],)]


def test_two_polls_of_the_same_page_store_each_order_once(pair: Pair, tmp_path: Path) -> None:
    course = Course(tmp_path)
    lines = course.race("store", pair.shop.pk)
    assert sorted(lines) == ["new 0 malformed 0", f"new {ORDERS_A_PAGE} malformed 0"]
    assert course.read("SELECT sync_status, COUNT(*) FROM orders_order GROUP BY sync_status") == [
        ("pending", ORDERS_A_PAGE)
    ]
    assert course.read("SELECT COUNT(*) FROM orders_lineitem") == [(ORDERS_A_PAGE,)]
    assert course.read("SELECT COUNT(*) FROM orders_statuschange") == [(2 * ORDERS_A_PAGE,)]


def test_two_tabs_that_link_one_sku_to_different_variants_leave_one_link(
    pair: Pair, tmp_path: Path
) -> None:
    make_variant(pair.store, "RED", 1)
    make_variant(pair.store, "BLUE", 2)
    course = Course(tmp_path)
    lines = course.race("link", pair.shop.pk, {"RACER_SKU": "RED"}, {"RACER_SKU": "BLUE"})
    assert sorted(line.split()[0] for line in lines) == ["conflict", "linked"]
    (winner,) = (line.split()[1] for line in lines if line.startswith("linked"))
    assert course.read(
        "SELECT v.sku FROM products_link l JOIN products_variant v ON v.id = l.variant_id"
    ) == [(winner,)]


def test_the_stage_of_a_race_is_seen_by_its_racers(pair: Pair, tmp_path: Path) -> None:
    make_row(pair)
    course = Course(tmp_path)
    assert course.read("SELECT COUNT(*) FROM orders_order") == [(Order.objects.count(),)]
