"""The products' story asks for what it tells of, tells it once, and never holds up the orders."""

from typing import Any

import pytest

from tests.demo.test_story import Heard
from tiktoksync.demo.product_story import ProductStory, outcome_of, reason_of, review_of
from tiktoksync.demo.web import Refused, Web
from tiktoksync.demo.world import make_pairs

US, _ = make_pairs()
UPLOADED = {"state": "done", "cause": "uploaded", "words": "Taken by TikTok", "count": 2}
NO_IMAGE = {"state": "skipped", "cause": "no_image", "words": "No picture", "count": 3}
SKU_TAKEN = {"state": "failed", "cause": "sku_taken", "words": "SKU sold twice", "count": 1}
CREATED = {"state": "done", "cause": "created", "words": "Created in Shopify", "count": 4}
OLD = {"id": "1", "title": "Old one", "status": "PENDING", "review_reasons": []}


def run_of(status: str, *groups: dict[str, Any], message: str | None = None) -> dict[str, Any]:
    return {"id": 7, "status": status, "groups": list(groups), "message": message}


def listing(title: str, status: str, *reasons: str) -> dict[str, Any]:
    told = [{"position": "Title", "reasons": list(reasons)}] if reasons else []
    return {"id": title, "title": title, "status": status, "review_reasons": told}


class FakeApp:
    """Answers each look with the next thing it was given, and keeps what it was asked."""

    def __init__(self) -> None:
        self.web = Web("http://127.0.0.1:8000")
        self.asked: list[tuple[Any, ...]] = []
        self.looks = [run_of("running"), run_of("finished", UPLOADED, NO_IMAGE, SKU_TAKEN)]
        self.listed = [
            [OLD],
            [OLD, listing("Kettle", "PENDING")],
            [OLD, listing("Kettle", "ACTIVATE"), listing("Knife", "FAILED", "It is sharp.")],
        ]

    def change_rules(self, shop_id: str, **rules: Any) -> None:
        self.asked.append(("rules", shop_id, rules))

    def begin(self, what: str, shop_id: str, **wish: Any) -> dict[str, Any]:
        self.asked.append((what, shop_id, wish))
        return run_of("preparing") if what == "upload" else run_of("finished", CREATED)

    def run(self, run_id: int) -> dict[str, Any]:
        self.asked.append(("run", run_id))
        return self.looks.pop(0)

    def all_products(self, side: str, shop_id: str) -> list[dict[str, Any]]:
        self.asked.append((side, shop_id))
        return self.listed.pop(0)


class FakePlatforms:
    """TikTok with two listings under review; keeps what its reviewers are told."""

    def __init__(self) -> None:
        self.web = self
        self.told: list[tuple[str, Any]] = []
        self.there = [
            {"id": "1", "status": "PENDING"},
            {"id": "2", "status": "ACTIVATE"},
            {"id": "3", "status": "PENDING"},
            {"id": "4", "status": "PENDING"},
        ]

    def post(self, path: str, body: Any) -> None:
        self.told.append((path, body))

    def listings(self, shop_id: str) -> list[dict[str, str]]:
        assert shop_id == US.shop_id
        return self.there


def story_of(app: Any, platforms: Any = None) -> tuple[ProductStory, Heard]:
    heard = Heard()
    return ProductStory(app, platforms or FakePlatforms(), heard, US), heard


def told_by(heard: Heard) -> list[str]:
    return [line.removeprefix("          products  ") for line in heard.lines]


def test_nothing_is_asked_before_the_first_look() -> None:
    app = FakeApp()
    story_of(app)
    assert app.asked == []


def test_each_look_goes_as_far_as_it_can_without_waiting() -> None:
    app = FakeApp()
    story, heard = story_of(app)
    story.catch_up()
    unlinked = {"filter": {"link": "unlinked"}}
    rules = {"price_percent": 10, "price_rounding": "99"}
    begun = [
        ("rules", US.shop_id, rules),
        ("tiktok", US.shop_id),
        ("upload", US.shop_id, unlinked),
    ]
    assert app.asked == begun
    assert told_by(heard) == ["what is in Shopify alone goes to TikTok, 10 % dearer and up to …99"]
    story.catch_up()
    assert app.asked == [*begun, ("run", 7)]
    assert len(heard.lines) == 1


def test_the_whole_story_is_told_once() -> None:
    app = FakeApp()
    story, heard = story_of(app)
    for _ in range(9):
        story.catch_up()
    assert told_by(heard) == [
        "what is in Shopify alone goes to TikTok, 10 % dearer and up to …99",
        "upload: 2 × Taken by TikTok",
        "upload: left out: 3 × No picture",
        "upload: failed: 1 × SKU sold twice",
        "what is on TikTok alone comes to Shopify, as drafts",
        "import: 4 × Created in Shopify",
        "review: 1 live, 1 refused",
        "review: “Knife” refused: It is sharp.",
        "all of them: http://127.0.0.1:8000/products/, run by run: /activity/runs/",
    ]
    assert [what for what, *_ in app.asked].count("upload") == 1
    assert [what for what, *_ in app.asked].count("import") == 1


def test_one_listing_under_review_is_refused_once_the_upload_is_done() -> None:
    platforms = FakePlatforms()
    story, _ = story_of(FakeApp(), platforms)
    patient = ("/config", {"review_seconds": 20})
    story.catch_up()
    story.catch_up()
    assert platforms.told == [patient]
    for _ in range(5):
        story.catch_up()
    assert platforms.told == [patient, ("/products/3/reject", {"marker": "REJECT-IMAGE"})]


def test_nothing_is_refused_where_nothing_is_under_review() -> None:
    platforms = FakePlatforms()
    platforms.there = [{"id": "1", "status": "PENDING"}, {"id": "2", "status": "ACTIVATE"}]
    story, heard = story_of(FakeApp(), platforms)
    for _ in range(9):
        story.catch_up()
    assert [path for path, _ in platforms.told] == ["/config"]
    assert "review: 1 live, 1 refused" in told_by(heard)


def test_a_line_names_six_causes_and_counts_the_rest() -> None:
    causes = [
        {"state": "skipped", "cause": f"c{n}", "words": f"Cause {n}", "count": 20 - n}
        for n in range(9)
    ]
    assert outcome_of(run_of("finished", *causes)) == [
        "left out: 20 × Cause 0, 19 × Cause 1, 18 × Cause 2, 17 × Cause 3, 16 × Cause 4,"
        " 15 × Cause 5, 39 more"
    ]


def test_an_app_that_refuses_ends_the_story_of_products_alone() -> None:
    app = FakeApp()

    def refuse(*_: Any, **__: Any) -> None:
        raise Refused(409, "POST /api/v1/products/upload/", "one goes on")

    app.begin = refuse  # type: ignore[assignment,method-assign]
    story, heard = story_of(app)
    for _ in range(3):
        story.catch_up()
    assert told_by(heard)[1:] == ["end here: POST /api/v1/products/upload/ → 409 one goes on"]


def test_a_run_that_ended_early_says_why() -> None:
    run = run_of("failed", UPLOADED, message="The connection is lost.")
    assert outcome_of(run) == ["it ended early: The connection is lost.", "2 × Taken by TikTok"]


@pytest.mark.parametrize(
    ("groups", "lines"),
    [
        ([], ["there was nothing to do"]),
        (
            [{"state": "waiting", "cause": "", "words": "Ready", "count": 9}],
            ["there was nothing to do"],
        ),
        ([NO_IMAGE], ["left out: 3 × No picture"]),
        ([{**NO_IMAGE, "words": "Left out: same SKU"}], ["left out: 3 × same SKU"]),
        ([CREATED, {**UPLOADED, "words": ""}], ["4 × Created in Shopify, 2 × done"]),
    ],
)
def test_outcomes_are_counted_by_state(groups: list[dict[str, Any]], lines: list[str]) -> None:
    assert outcome_of(run_of("finished", *groups)) == lines


def test_listings_that_are_not_decided_are_said_to_be_so() -> None:
    assert review_of([listing("Kettle", "PENDING"), listing("Cup", "ACTIVATE")]) == [
        "1 live, 0 refused, 1 not yet decided"
    ]


def test_a_refusal_without_a_reason_is_told_as_one() -> None:
    assert reason_of(listing("Knife", "FAILED")) == "TikTok gives no reason"
    empty = {"review_reasons": [{"position": "Title", "reasons": None}, {"reasons": ["Blurred."]}]}
    assert reason_of(empty) == "Blurred."
