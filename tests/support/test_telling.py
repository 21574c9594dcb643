"""What is told of a failure: by code, by kind, in staff's words, with its button."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User

from orders.models import Order
from orders.policy_reasons import BlockReason, sentence
from tests.api.cast import Cast, make_cast, make_order
from tiktoksync.support.buttons import About, Action, button_of
from tiktoksync.support.catalogue import Changed, changed, every_line
from tiktoksync.support.models import FailureEntry
from tiktoksync.support.services.keep_catalogue import change_entry, keep_catalogue, reset_entry
from tiktoksync.support.telling import about_order, tell_failure, tell_row

UNLINKED = "orders/block/sku_unlinked"


@pytest.fixture(autouse=True)
def read_anew() -> Iterator[None]:
    changed.forget()
    yield
    changed.forget()


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def blocked(cast: Cast, **columns: str) -> Order:
    return make_order(
        cast.anna.shop,
        sync_status="failed",
        failure_kind="config",
        failure_code="sku_unlinked",
        failure_reason=sentence(BlockReason.SKU_UNLINKED, skus="TEE-M"),
    )


def test_a_blocked_order_is_told_with_its_sku_and_the_page_that_links_it(cast: Cast) -> None:
    order = blocked(cast)

    told = tell_row(order, about_order(order))

    assert told.sentence.startswith("Not linked to a Shopify product: TEE-M.")
    assert told.fix == "Choose the Shopify variant that is sold under this SKU."
    assert told.button.label == "Link the SKU"
    assert told.button.address == f"/orders/{order.tiktok_order_id}/link/"
    assert (told.button.is_post, told.raw) == (False, "")
    assert told.help_address == "/help/errors/#orders-block-sku-unlinked"


def test_staffs_sentence_keeps_the_names_of_the_case(cast: Cast, admin_user: User) -> None:
    keep_catalogue()
    entry = FailureEntry.objects.get(key=UNLINKED)
    change_entry(entry, admin_user, sentence="Please link {skus} first.", fix="Click below.")
    order = blocked(cast)

    told = tell_row(order)

    assert told.sentence == "Please link TEE-M first."
    assert told.fix == "Click below."
    assert told.raw == order.failure_reason
    entry.refresh_from_db()
    assert entry.changed_by == admin_user
    assert entry.changed_at is not None

    assert reset_entry(entry, admin_user)
    assert tell_row(order).sentence == order.failure_reason
    assert not reset_entry(entry, admin_user)


def test_what_is_the_same_as_the_table_is_no_change(db: None, admin_user: User) -> None:
    keep_catalogue()
    entry = FailureEntry.objects.get(key=UNLINKED)
    line = every_line()[UNLINKED]
    change_entry(entry, admin_user, sentence=line.template, fix=line.fix, button=line.action)
    assert (entry.sentence, entry.fix, entry.button) == ("", "", "")


def test_staff_choose_another_button(db: None, admin_user: User) -> None:
    keep_catalogue()
    entry = FailureEntry.objects.get(key=UNLINKED)
    change_entry(entry, admin_user, button="reconnect", button_label="Fix it")
    told = tell_failure("sku_unlinked", areas=["orders"])
    assert (told.button.label, told.button.address) == ("Fix it", "/connect/")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "code", "said", "fix"),
    [
        (
            "rejected",
            "12052051",
            "",
            "Give the product a title of 25 to 255 characters, then retry.",
        ),
        ("rejected", "never_heard_of", "It said no.", "Correct what was refused, then retry."),
        ("exhausted", "36009003", "Tried 9 times.", "Retry once the other side answers again."),
        ("auth", "105005", "", "Give the app the permission, then connect it again."),
        (
            "internal",
            "KeyError",
            "Something went wrong.",
            "Retry. If it comes back, tell support the request id from the timeline.",
        ),
    ],
)
def test_codes_come_before_kinds_where_they_say_more(
    kind: str, code: str, said: str, fix: str
) -> None:
    told = tell_failure(code, areas=["orders"], kind=kind, said=said)
    assert told.fix == fix
    assert told.sentence == (said or told.sentence)


@pytest.mark.django_db
def test_one_code_with_several_meanings_is_told_by_what_was_said() -> None:
    clock = tell_failure("36009004", said="TikTok Shop's clock and this server's clock differ.")
    assert "time service" in clock.fix


@pytest.mark.django_db
def test_what_nobody_knows_is_told_as_it_came() -> None:
    told = tell_failure("x", said="Odd.")
    assert (told.key, told.sentence, told.fix, told.help_address) == ("", "Odd.", "Retry.", "")
    assert told.button.address == "/help/errors/#getting-help"


@pytest.mark.parametrize("action", list(Action), ids=str)
@pytest.mark.parametrize("about", [None, About("576", "https://a.example/admin", "US")])
def test_every_button_leads_somewhere(action: Action, about: About | None) -> None:
    button = button_of(action, about)
    assert button.label
    assert bool(button.address) is (action != Action.WAIT)
    assert button.is_outside is button.address.startswith("https://")


def test_buttons_of_one_order_act_on_it() -> None:
    retry = button_of(Action.RETRY, About(order_id="576"))
    assert (retry.address, retry.is_post) == ("/orders/576/retry/", True)
    assert button_of(Action.RETRY).address == "/orders/"
    assert button_of(Action.OPEN_TIKTOK, About(region="US")).address == (
        "https://seller-us.tiktok.com/"
    )


def test_a_page_of_lines_costs_one_query(cast: Cast, django_assert_num_queries: object) -> None:
    keep_catalogue()
    changed.forget()
    with django_assert_num_queries(1):  # type: ignore[operator]
        for _ in range(50):
            tell_failure("sku_unlinked", areas=["orders"])


def test_another_process_sees_a_change_after_a_while(db: None, admin_user: User) -> None:
    keep_catalogue()
    other = Changed(believed_seconds=0.0)
    believing = Changed(believed_seconds=1000.0)
    assert (other.words(UNLINKED), believing.words(UNLINKED)) == (None, None)

    change_entry(FailureEntry.objects.get(key=UNLINKED), admin_user, fix="New.")

    assert other.words(UNLINKED) is not None
    assert believing.words(UNLINKED) is None


def test_the_rows_are_kept_once(db: None) -> None:
    assert keep_catalogue() == len(every_line())
    assert keep_catalogue() == 0
    FailureEntry.objects.create(key="old/line", group="Old", code="line")
    FailureEntry.objects.create(key="old/noted", group="Old", code="noted", note="Why it was.")
    keep_catalogue()
    left = set(FailureEntry.objects.values_list("key", flat=True))
    assert left - set(every_line()) == {"old/noted"}
