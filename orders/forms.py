"""What a person may ask of old orders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from tiktoksync.shops.models import TikTokShop

USUAL_DAYS = 30


class BackfillForm(forms.Form):
    """Which shop, and the days on which the orders were placed, by the merchant's time zone."""

    shop = forms.ChoiceField(label="TikTok shop")
    first = forms.DateField(
        label="Placed from", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    last = forms.DateField(
        label="up to and including",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, data: Any = None, *, shops: Sequence[TikTokShop]) -> None:
        today = timezone.localdate()
        super().__init__(data, initial={"first": today - timedelta(days=USUAL_DAYS), "last": today})
        self.shops = {shop.shop_id: shop for shop in shops}
        choice = self.fields["shop"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(key, str(shop)) for key, shop in self.shops.items()]
        if len(self.shops) == 1:
            choice.initial = next(iter(self.shops))

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first, and the first not in the future."""
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", "This day lies before the first one.")
        elif first and first > timezone.localdate():
            self.add_error("first", "This day has not come yet.")
        return cleaned

    @property
    def chosen_shop(self) -> TikTokShop:
        """The shop that was chosen."""
        return self.shops[self.cleaned_data["shop"]]

    @property
    def span(self) -> tuple[datetime, datetime]:
        """From the beginning of the first day to the end of the last."""
        zone = timezone.get_current_timezone()
        first, last = self.cleaned_data["first"], self.cleaned_data["last"]
        return (
            datetime.combine(first, time(), zone),
            datetime.combine(last + timedelta(days=1), time(), zone),
        )
