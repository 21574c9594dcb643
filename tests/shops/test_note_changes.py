"""The audit log of settings: one line a saving, with both values and without secrets."""

from __future__ import annotations

import pytest
from django import forms
from django.contrib.auth.models import User

from tests.factories import Pair, make_pair
from tiktoksync.shops.models import OrderRules, SettingsChange
from tiktoksync.shops.services.note_changes import (
    changed,
    note_settings_change,
    save_settings,
)


class RulesForm(forms.ModelForm):
    class Meta:
        model = OrderRules
        fields = ("auto_sync", "unlinked_policy", "tag", "stand_in_email")
        labels = {"auto_sync": "By themselves"}


@pytest.fixture
def pair(db: None) -> Pair:
    return make_pair("Anna")


def posted(pair: Pair, **changes: str) -> RulesForm:
    sent = {"auto_sync": "on", "unlinked_policy": "block", "tag": "TikTok Shop", **changes}
    form = RulesForm({key: value for key, value in sent.items() if value}, instance=pair.shop.rules)
    assert form.is_valid()
    return form


def test_a_saving_is_one_line_with_both_values(pair: Pair) -> None:
    anna = User.objects.create_user("anna")
    form = posted(pair, auto_sync="", unlinked_policy="text_line", stand_in_email="a@b.example")
    line = save_settings(form, pair.merchant, "orders", user=anna, shop=pair.shop)
    assert line is not None
    assert (line.merchant, line.shop, line.section) == (pair.merchant, pair.shop, "orders")
    assert (line.user, line.who, line.words) == (anna, "anna", "")
    assert line.changes == [
        {"field": "auto_sync", "label": "By themselves", "from": "on", "to": "off"},
        {
            "field": "unlinked_policy",
            "label": "Unlinked policy",
            "from": "Block the order and name the SKU",
            "to": "Import it as a text line",
        },
        {
            "field": "stand_in_email",
            "label": "Stand in email",
            "from": "empty",
            "to": "a@b.example",
        },
    ]
    assert OrderRules.objects.get(shop=pair.shop).auto_sync is False


def test_saving_what_stands_leaves_no_line(pair: Pair) -> None:
    assert save_settings(posted(pair), pair.merchant, "orders", user=None) is None
    assert not SettingsChange.objects.exists()


def test_nothing_told_leaves_no_line(pair: Pair) -> None:
    same = changed("tag", "Tag", "x", "x")
    assert note_settings_change(pair.merchant, "orders", changes=[same]) is None
    assert not SettingsChange.objects.exists()


def test_a_sentence_alone_is_a_line_too(pair: Pair) -> None:
    line = note_settings_change(pair.merchant, "team", who="sign-up", words="x" * 400)
    assert line is not None
    assert (line.user, line.who, line.words, line.changes) == (None, "sign-up", "x" * 300, [])


@pytest.mark.parametrize("name", ["app_secret", "access_token", "password", "cipher"])
def test_secrets_are_never_in_it(name: str) -> None:
    told = changed(name, "It", "shpat_before", "shpat_after")
    assert "shpat" not in str(told)
    assert told["from"] != told["to"]
    assert changed(name, "It", "same", "same")["to"] == "(secret)"


def test_lists_and_long_texts_stay_readable() -> None:
    told = changed("tags", "Tags", ["a", "b"], "y" * 500)
    assert (told["from"], told["to"]) == ("a, b", "y" * 300)
