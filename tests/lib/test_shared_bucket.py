"""The shared bucket in a real server: the same rules, for all processes; and alone without one."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

from tests.admin.valkey import running_valkey
from tests.lib.simulation import ask
from tests.lib.test_bucket import limited, report
from tiktoksync.lib import shared_bucket
from tiktoksync.lib.answers import Cost
from tiktoksync.lib.bucket import Bucket, Reply, Report
from tiktoksync.lib.shared_bucket import Limit, Seen, SharedBucket, bucket_of, script

CLOCK = "local now = clock[1] + clock[2] / 1000000"


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    with running_valkey() as found:
        yield found


@pytest.fixture
def server(address: str, settings: Any) -> Any:
    """A server without keys, and the application uses it."""
    settings.RQ_QUEUES = {name: {**one, "URL": address} for name, one in settings.RQ_QUEUES.items()}
    shared_bucket.forget_all()
    keys = redis.from_url(address)
    keys.flushall()
    return keys


@pytest.fixture
def away(settings: Any, tmp_path: Path) -> None:
    shared_bucket.forget_all()
    url = f"unix://{tmp_path / 'nobody.sock'}?db=0"
    settings.RQ_QUEUES = {name: {**one, "URL": url} for name, one in settings.RQ_QUEUES.items()}


def bucket(limit: Limit | None = None) -> SharedBucket:
    """A handle as another process has it."""
    return SharedBucket("shopify:1:7", "points", limit)


def cost(available: float, requested: float = 10, actual: float | None = 10) -> Cost:
    return Cost(requested, actual, available, 1000, 50)


def take(one: SharedBucket, key: str, **how: Any) -> Reply:
    return one.reserve(key, "create", 10, **{"urgent": True, **how})


# --- the rules are the same ----------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("own", [False, True], ids=["told", "own limit"])
def test_redis_counts_as_the_rules_do(server: Any, seed: int, own: bool) -> None:
    """The same random calls through both, on one clock, give the same replies."""
    random_, rules, now = random.Random(seed), Bucket(), 1_700_000_000.0
    assert CLOCK in script()
    run = server.register_script(script().replace(CLOCK, "local now = tonumber(ARGV[2])"))
    asked: list[str] = []
    for number in range(400):
        now += random_.choice([0.0, 0.01, 0.1, 1.0, 40.0 if number % 50 == 0 else 0.3])
        reports: list[Report] = []
        if asked and random_.random() < 0.5:
            reports = [random_report(random_, asked.pop(random_.randrange(len(asked))), own)]
        key = random_.choice(asked) if asked and random_.random() < 0.2 else f"call-{number}"
        shape = random_.choice(["create", "page:50", "page:10"])
        wish = {
            **(limited(key) if own else ask(key, shape, guess=random_.choice([1.0, 12.0, 300.0]))),
            "urgent": random_.random() < 0.7,
            "look": random_.random() < 0.1,
            "seed": random_.choice([None, (20.0, 50.0, 1000.0, 3.0)]),
        }
        for one in reports:
            rules.settle(one, now)
        expected = rules.reserve(wish, now)  # type: ignore[arg-type]
        payload = shared_bucket.json.dumps({"reports": reports, "ask": wish, "pause": 0})
        told = shared_bucket.json.loads(run(keys=["a{1}", "p{1}"], args=[payload, repr(now)]))
        assert told == pytest.approx(dict(expected), abs=1e-5), f"step {number}"
        if expected["granted"] and not wish["look"] and key not in asked:
            asked.append(key)
    assert rules.spent > 0


def random_report(random_: random.Random, key: str, own: bool) -> Report:
    refused = random_.random() < 0.2
    wait = random_.choice([0.5, 3.0])
    if own or random_.random() < 0.2:
        return report(key, refused=refused, wait=wait, shape="call" if own else "create")
    available = random_.uniform(0, 1000)
    actual = None if refused else random_.choice([5.0, 10.0])
    return report(key, available, actual=actual, refused=refused, wait=wait)


# --- shared --------------------------------------------------------------------------------------


def test_what_one_process_holds_is_not_there_for_another(server: Any) -> None:
    first, second = bucket(), bucket()
    take(first, "a")
    first.settle("a", "create", cost(65))
    granted = [take(one, f"{n}")["granted"] for n, one in enumerate([first, second] * 3)]
    assert granted == [True] * 4 + [False] * 2


def test_what_one_process_was_told_another_knows(server: Any) -> None:
    take(bucket(), "a")
    bucket().settle("a", "create", cost(300, requested=64, actual=12))
    other = bucket()
    other.last_shape = "create"
    look = other.look(urgent=True)
    assert (look["points"], look["metered"]) == (64, True)
    assert 274 < look["free"] < 300


def test_the_next_call_takes_along_what_the_last_one_has_to_tell(
    server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    trips, plain = [0], shared_bucket._evaluate

    def counted(*arguments: Any) -> bytes:
        trips[0] += 1
        return plain(*arguments)

    monkeypatch.setattr(shared_bucket, "_evaluate", counted)
    one = bucket()
    for number in range(10):
        take(one, str(number))
        one.settle(str(number), "create", cost(300 - 10 * number), with_next=True)
    assert trips == [10]
    one.flush()
    one.flush()
    assert trips == [11]
    assert 184 <= take(bucket(), "other")["free"] < 230


def test_a_refusal_is_told_at_once(server: Any) -> None:
    one = bucket(Limit(10, 50))
    take(one, "a")
    one.settle("a", "call", None, refused=True, wait=30.0, with_next=True)
    assert take(bucket(Limit(10, 50)), "b")["paused"] is True


def test_after_a_refusal_no_process_calls_the_account_by_any_endpoint(server: Any) -> None:
    search = SharedBucket("tiktok:1:2", "order.search", Limit(10, 50))
    ship = SharedBucket("tiktok:1:2", "fulfillment.ship", Limit(3, 15))
    neighbour = SharedBucket("tiktok:1:3", "order.search", Limit(10, 50))
    take(search, "a")
    search.settle("a", "call", None, refused=True, wait=30.0)
    for one in (search, ship):
        reply = take(one, "b")
        assert (reply["granted"], reply["paused"]) == (False, True)
        assert 29 < reply["wait"] <= 30
    assert take(neighbour, "c")["granted"] is True


def test_a_told_pause_is_never_shortened(server: Any) -> None:
    one = bucket(Limit(10, 50))
    for key, wait in (("a", 30.0), ("b", 2.0)):
        one.settle(key, "call", None, refused=True, wait=wait)
    assert 29 < take(one, "c")["wait"] <= 30


def test_threads_on_one_bucket_never_hold_more_than_there_is(server: Any) -> None:
    first = bucket()
    take(first, "a")
    first.settle("a", "create", cost(225))
    granted: list[bool] = []

    def draw(thread: int) -> None:
        granted.extend(take(bucket(), f"{thread}-{n}")["granted"] for n in range(10))

    threads = [threading.Thread(target=draw, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(granted) == 80
    # 200 points are free, and a few come while the threads run: never a multiple of it.
    assert 20 <= sum(granted) <= 30


def test_a_server_that_lost_its_scripts_and_keys_is_taught_again(server: Any) -> None:
    one = bucket()
    take(one, "a")
    one.settle("a", "create", cost(65))
    server.flushall()
    server.script_flush()
    look = take(one, "b")
    assert (look["granted"], look["metered"]) == (True, True)
    assert 40 <= look["free"] < 65


def test_the_bucket_is_forgotten_a_day_after_its_last_call(server: Any) -> None:
    take(bucket(), "a")
    (key,) = server.keys()
    assert key == b"tiktoksync:pace:{shopify:1:7}:points"
    assert 86_000_000 < server.pttl(key) <= 86_400_000


# --- without the server --------------------------------------------------------------------------


@pytest.mark.usefixtures("away")
def test_without_the_server_a_process_goes_on_with_what_it_was_told() -> None:
    one = bucket()
    one.seen = Seen(65, 50, 1000, shared_bucket.monotonic())
    assert [take(one, f"{n}")["granted"] for n in range(6)] == [True] * 4 + [False] * 2


@pytest.mark.usefixtures("away")
def test_without_the_server_a_refusal_still_stops_this_process() -> None:
    one = bucket(Limit(10, 50))
    take(one, "a")
    one.settle("a", "call", None, refused=True, wait=30.0)
    reply = take(bucket(Limit(10, 50)), "b")
    assert (reply["granted"], reply["paused"]) == (False, True)


@pytest.mark.usefixtures("away")
def test_an_absence_is_told_once_and_asked_about_now_and_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told, tries = list[str](), [0]
    plain = shared_bucket._evaluate

    def counted(*arguments: Any) -> bytes:
        tries[0] += 1
        return plain(*arguments)

    monkeypatch.setattr(shared_bucket, "_evaluate", counted)
    monkeypatch.setattr(shared_bucket.log, "warning", lambda event, **_: told.append(event))
    for number in range(50):
        take(bucket(), str(number))
    assert (told, tries) == (["shared budget away"], [1])


def test_the_server_is_used_again_when_it_is_back(
    server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [shared_bucket.monotonic()]
    monkeypatch.setattr(shared_bucket, "monotonic", lambda: now[0])
    shared_bucket._note_away("test")
    take(bucket(), "a")
    assert server.keys() == []
    now[0] += shared_bucket.AWAY_SECONDS + 1
    take(bucket(), "b")
    assert len(server.keys()) == 1


def test_a_process_has_one_handle_for_each_bucket() -> None:
    one = bucket_of("tiktok:1:2", "order.search", Limit(10, 50))
    assert bucket_of("tiktok:1:2", "order.search", Limit(10, 50)) is one
    assert bucket_of("tiktok:1:3", "order.search", Limit(10, 50)) is not one
    assert shared_bucket.buckets_in_use("tiktok:1:2") == [one]
