"""A refused review, as a merchant reads it."""

from __future__ import annotations

import pytest

from products.review_words import ELSEWHERE, review_words


def told(position: str, *reasons: str, suggestions: tuple[str, ...] = ()) -> dict[str, object]:
    return {"position": position, "reasons": list(reasons), "suggestions": list(suggestions)}


def test_an_objection_says_what_is_meant_and_what_to_do() -> None:
    reason = "The main image shows text or a watermark"
    assert review_words(
        [told("main_images", reason, suggestions=("Use a white background.",))]
    ) == [
        {
            "place": "Pictures",
            "words": "Pictures: The main image shows text or a watermark.",
            "fix": "Use a white background. Show the product alone, without text, logos or frames. "
            "Change the pictures of the product in Shopify and of the listing in Seller Center.",
        }
    ]


@pytest.mark.parametrize(
    ("position", "place"),
    [
        ("product_name", "Title"),
        ("Main Image", "Pictures"),
        ("description", "Description"),
        ("CATEGORY", "Category"),
        ("brand", "Brand"),
        ("product_certifications", "Documents"),
        ("product_attributes", "Attributes"),
        ("price", "Price"),
        ("size_chart", "Size chart"),
        ("skus", "Variants"),
        ("shop_window", "Shop window"),
    ],
)
def test_every_place_has_a_word(position: str, place: str) -> None:
    (found,) = review_words([told(position, "No.")])
    assert (found["place"], found["words"]) == (place, f"{place}: No.")
    assert found["fix"]


@pytest.mark.parametrize(
    ("reason", "meaning"),
    [
        ("Suspected intellectual property violation", "another company's brand"),
        ("This is a prohibited product", "does not allow this kind of product"),
        ("Duplicate product", "listed twice"),
        ("Exaggerated claims", "promises about effects"),
        ("The image is blurry", "sharper"),
        ("The category does not match the product", "must show one thing"),
    ],
)
def test_hard_words_are_explained(reason: str, meaning: str) -> None:
    (found,) = review_words([told("product_name", reason)])
    assert meaning in found["fix"]


def test_each_reason_is_one_line_and_nothing_is_invented() -> None:
    found = review_words([told("title", "One.", "Two."), told("", "Three")])
    assert [one["words"] for one in found] == ["Title: One.", "Title: Two.", "Three."]
    assert found[2]["fix"] == ELSEWHERE
    assert review_words([]) == []
    assert review_words([told("title")])[0]["words"] == "Title: TikTok gives no reason."
