"""Who is named in an order's comment hears of it: whom, how often, in which words, how long."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.utils import timezone

from orders.models import Order, OrderComment
from orders.services.comment_orders import comment_order
from tests.alerts.conftest import fresh_pair, join
from tests.factories import ORDER_ID, Pair, set_columns, stored_order
from tests.web.reading import text_of
from tiktoksync.alerts.letter_text import compose
from tiktoksync.alerts.models import Alert, AlertChoice, AlertHours, AlertSeen, Letter
from tiktoksync.alerts.services import tell_mentions as module
from tiktoksync.alerts.services import write_letters as letters
from tiktoksync.alerts.services.choose import mark_seen
from tiktoksync.alerts.services.send_letters import send_letters
from tiktoksync.alerts.services.tell_mentions import read_mentions, tell_mentions
from tiktoksync.alerts.services.watch_alerts import watch_alerts
from tiktoksync.alerts.services.write_letters import write_digests
from tiktoksync.alerts.shown import gather_bell, worst_alert
from tiktoksync.shops.models import Membership
from tiktoksync.support.desk import gather_desk

PAGE = f"/orders/{ORDER_ID}/"
NIGHT = datetime(2026, 6, 10, 21, 30, tzinfo=UTC)  # half past eleven in Berlin


@pytest.fixture
def order(pair: Pair) -> Order:
    return stored_order(pair.shop)


@pytest.fixture
def olaf(pair: Pair) -> Membership:
    return join(pair.merchant, "olaf", "operator")


def say(order: Order, author: Membership, text: str) -> OrderComment:
    comment = comment_order(order, text, user=author.user)
    assert comment is not None
    return comment


def told() -> list[tuple[str, str]]:
    """The open mentions: to whom, in which words."""
    rows = Alert.objects.filter(kind="mention", resolved_at=None).order_by("pk")
    return [(str(row.reader and row.reader.user.username), row.title) for row in rows]


def unseen(*people: Membership) -> list[int]:
    return [gather_bell(person).unseen for person in people]


# --- who hears of it -----------------------------------------------------------------------------


def test_who_is_named_hears_of_it_in_the_app_and_by_letter(
    pair: Pair, order: Order, anna: Membership, olaf: Membership
) -> None:
    vera = join(pair.merchant, "vera", "viewer")
    nora = join(pair.merchant, "nora")
    say(order, anna, "Look, @Olaf and @vera: @olaf first.")
    title = f"anna names you on order {ORDER_ID}"
    assert told() == [("olaf", title), ("vera", title)]
    assert unseen(anna, olaf, vera, nora) == [0, 1, 1, 0]
    letter = Letter.objects.get()
    assert (letter.membership, letter.kind, letter.alerts.count()) == (olaf, "at_once", 1)


def test_the_author_hears_nothing_of_their_own_words(order: Order, anna: Membership) -> None:
    comment = say(order, anna, "Note to myself: @anna")
    assert [person.username for person in comment.mentions.all()] == ["anna"]
    assert (told(), Letter.objects.count()) == ([], 0)


@pytest.mark.parametrize("stranger", ["Olaf", "petra"])
def test_a_stranger_of_that_name_gets_nothing(
    pair: Pair, order: Order, anna: Membership, olaf: Membership, stranger: str
) -> None:
    other = fresh_pair("Ben")
    theirs = join(other.merchant, stranger)
    User.objects.create_user("OLAF", email="OLAF@example.com")
    say(order, anna, f"@olaf, have you met @{stranger}?")
    assert told() == [("olaf", f"anna names you on order {ORDER_ID}")]
    assert unseen(theirs, olaf) == [0, 1]
    assert [letter.membership for letter in Letter.objects.all()] == [olaf]


def test_where_only_a_stranger_has_the_name_nobody_hears_of_it(
    order: Order, anna: Membership
) -> None:
    join(fresh_pair("Ben").merchant, "petra")
    say(order, anna, "Ask @petra")
    assert (Alert.objects.count(), Letter.objects.count()) == (0, 0)


def test_who_is_in_two_teams_hears_of_it_in_the_one(
    pair: Pair, order: Order, anna: Membership, olaf: Membership
) -> None:
    other = fresh_pair("Ben")
    elsewhere = Membership.objects.create(merchant=other.merchant, user=olaf.user, role="owner")
    say(order, anna, "@olaf")
    assert unseen(olaf, elsewhere) == [1, 0]
    assert Letter.objects.get().membership == olaf


def test_who_has_left_or_is_shut_out_hears_nothing(
    pair: Pair, order: Order, anna: Membership, olaf: Membership
) -> None:
    join(pair.merchant, "gone", is_active=False)
    comment = say(order, anna, "@olaf @gone")
    assert [name for name, _ in told()] == ["olaf"]
    olaf.delete()
    assert (told(), tell_mentions(comment)) == ([], 0)


def test_notes_for_support_name_nobody(order: Order, anna: Membership, olaf: Membership) -> None:
    User.objects.filter(pk=anna.user.pk).update(is_staff=True)
    anna.user.refresh_from_db()
    comment_order(order, "Call @olaf", user=anna.user, for_staff=True)
    assert (OrderComment.objects.count(), Alert.objects.count()) == (1, 0)


def test_each_comment_is_told_once(order: Order, anna: Membership, olaf: Membership) -> None:
    first = say(order, anna, "@olaf")
    assert tell_mentions(first) == 0
    mark_seen(olaf)
    assert tell_mentions(first) == 0
    say(order, anna, "@olaf, again")
    assert (len(told()), Alert.objects.count()) == (1, 2)


def test_no_comment_is_kept_whose_mention_could_not_be(
    order: Order, anna: Membership, olaf: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    def burst(*args: Any) -> None:
        raise KeyError("boom")

    monkeypatch.setattr(module, "write_letters", burst)
    with pytest.raises(KeyError):
        say(order, anna, "@olaf")
    assert (OrderComment.objects.count(), Alert.objects.count()) == (0, 0)


# --- what it says --------------------------------------------------------------------------------


def test_it_leads_to_the_order_and_repeats_no_word_of_the_comment(
    order: Order, anna: Membership, olaf: Membership, settings: Any
) -> None:
    settings.PUBLIC_URL = "https://sync.example.com"
    say(order, anna, "@olaf: Robin Example, 1 Example Street, is upset")
    alert, text = Alert.objects.get(), compose(Letter.objects.get())
    assert text is not None
    assert alert.address == f"/orders/{ORDER_ID}/?shop={order.shop.shop_id}#history"
    assert f"https://sync.example.com{alert.address}" in text.plain
    assert text.subject == f"Anna: anna names you on order {ORDER_ID}"
    written = "".join((alert.title, alert.words, alert.cause, text.plain, text.html))
    for word in ("Robin", "Example Street", "upset"):
        assert word not in written


def test_a_long_name_leaves_room_for_the_order(order: Order, olaf: Membership) -> None:
    author = join(order.shop.merchant, "a" * 150)
    say(order, author, "@olaf")
    assert Alert.objects.get().title == f"{'a' * 80} names you on order {ORDER_ID}"


# --- letters -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("email", "count"), [("off", 0), ("digest", 0), ("at_once", 1)])
def test_letters_are_each_persons_own_choice(
    order: Order, anna: Membership, olaf: Membership, email: str, count: int
) -> None:
    AlertChoice.objects.create(membership=olaf, kind="mention", email=email)
    say(order, anna, "@olaf")
    assert (Letter.objects.count(), unseen(olaf)) == (count, [1])


def test_who_wants_none_in_the_app_sees_none_there(
    order: Order, anna: Membership, olaf: Membership
) -> None:
    AlertChoice.objects.create(membership=olaf, kind="mention", in_app=False)
    say(order, anna, "@olaf")
    assert (unseen(olaf), Letter.objects.count()) == ([0], 1)


def test_quiet_hours_hold_the_letter(
    pair: Pair,
    order: Order,
    anna: Membership,
    olaf: Membership,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pair.merchant.timezone = "Europe/Berlin"
    pair.merchant.save()
    AlertHours.objects.create(membership=olaf, quiet_from=time(22), quiet_until=time(7))
    join(pair.merchant, "nora")
    monkeypatch.setattr(module, "database_now", lambda: NIGHT)
    say(Order.objects.get(), anna, "@olaf @nora")
    due = {letter.membership.user.username: letter.due_at for letter in Letter.objects.all()}
    assert due == {
        "olaf": datetime(2026, 6, 11, 5, tzinfo=UTC),
        "nora": NIGHT + timedelta(seconds=60),
    }


def test_a_digest_tells_each_person_their_own(
    order: Order, anna: Membership, olaf: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    for person in (anna, olaf):
        AlertChoice.objects.create(membership=person, kind="mention", email="digest")
    say(order, anna, "@olaf")
    noon = datetime(2026, 6, 10, 12, tzinfo=UTC)
    monkeypatch.setattr(letters, "database_now", lambda: noon)
    assert write_digests() == 1
    assert (Letter.objects.get().membership, Letter.objects.get().kind) == (olaf, "digest")


def test_the_letter_goes_out_once(order: Order, anna: Membership, olaf: Membership) -> None:
    say(order, anna, "@olaf")
    Letter.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert (send_letters(), send_letters()) == (1, 0)
    assert [message.to for message in mail.outbox] == [["olaf@example.com"]]


# --- until it is read ----------------------------------------------------------------------------


def test_opening_the_order_is_reading_it_and_spares_the_letter(
    pair: Pair, order: Order, anna: Membership, olaf: Membership
) -> None:
    nora = join(pair.merchant, "nora")
    stored_order(pair.shop, "576461413038780002")
    say(order, anna, "@olaf @nora")
    client = Client()
    client.force_login(olaf.user)
    client.get("/orders/576461413038780002/")
    assert unseen(olaf, nora) == [1, 1]
    assert client.get(PAGE).status_code == 200
    assert unseen(olaf, nora) == [0, 1]
    assert [name for name, _ in told()] == ["nora"]
    assert "Read" in text_of(client.get("/notifications/?tab=resolved"))
    Letter.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert send_letters() == 1
    assert [message.to for message in mail.outbox] == [["nora@example.com"]]


def test_marked_as_seen_it_is_done_and_the_teams_alerts_stay(
    pair: Pair, order: Order, anna: Membership, olaf: Membership
) -> None:
    say(order, anna, "@olaf")
    trouble = Alert.objects.create(merchant=pair.merchant, kind="blocked", cause="x", title="T")
    hers = say(order, olaf, "@anna")
    assert mark_seen(olaf) == 2
    assert told() == [("anna", f"olaf names you on order {ORDER_ID}")]
    assert Alert.objects.get(pk=trouble.pk).resolved_at is None
    theirs = Alert.objects.get(cause=f"comment/{hers.pk}/{anna.pk}")
    assert mark_seen(olaf, [theirs.pk]) == 0
    assert not AlertSeen.objects.filter(alert=theirs).exists()


def test_looking_for_trouble_leaves_it_open(
    order: Order, anna: Membership, olaf: Membership
) -> None:
    say(order, anna, "@olaf")
    assert (watch_alerts(), len(told())) == (0, 1)
    set_columns(order, sync_status="failed", failure_kind="config", failure_code="sku_unlinked")
    assert (watch_alerts(), len(told())) == (1, 1)


def test_it_is_nobody_elses(pair: Pair, order: Order, anna: Membership, olaf: Membership) -> None:
    say(order, anna, "@olaf")
    assert worst_alert(pair.merchant) is None
    assert worst_alert(pair.merchant, olaf) is None
    assert list(gather_desk(pair.merchant)["alerts"]) == []
    client = Client()
    client.force_login(anna.user)
    assert "Nothing needs you" in text_of(client.get("/notifications/"))
    looking_in = Membership(merchant=pair.merchant, user=olaf.user, role="viewer")
    assert (unseen(looking_in), read_mentions(looking_in, order)) == ([0], 0)
    assert len(told()) == 1


def test_the_table_of_choices_has_a_line_for_it(anna: Membership) -> None:
    client = Client()
    client.force_login(anna.user)
    page = text_of(client.get("/settings/notifications/"))
    assert "A colleague names you" in page
