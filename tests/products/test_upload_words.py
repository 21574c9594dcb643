"""The words of uploads."""

from __future__ import annotations

import pytest

from products.upload_words import ISSUES, cause_words, named


@pytest.mark.parametrize("code", ISSUES)
def test_every_cause_has_a_heading_words_and_a_fix(code: str) -> None:
    told = ISSUES[code]
    assert cause_words(code) == told.heading
    assert told.heading
    assert not told.heading.endswith(".")
    assert told.words
    assert told.fix


def test_causes_of_runs_and_codes_of_tiktoks_have_words() -> None:
    assert cause_words("ready") == "Ready"
    assert cause_words("uploaded") == "Taken by TikTok, under review"
    assert cause_words("12052673") == "The category requires a size chart"
    assert cause_words("something_new") == "Something new"
    assert cause_words("") == "Ready"


def test_of_many_names_the_first_few_are_told() -> None:
    assert named(["a", "b"]) == "a, b"
    assert named([str(n) for n in range(8)]) == "0, 1, 2, 3, 4 and 3 more"
