"""Forms about personal data."""

from __future__ import annotations

from django import forms

from tiktoksync.shops.models import Merchant

FEWEST, MOST = 1, 3650


class RetentionForm(forms.ModelForm):  # type: ignore[type-arg]
    """For how many days after its end an order names the buyer."""

    personal_data_days = forms.IntegerField(
        label="Days after an order is closed", min_value=FEWEST, max_value=MOST
    )

    class Meta:
        model = Merchant
        fields = ("personal_data_days",)


class EraseForm(forms.Form):
    """The merchant's name, typed by hand."""

    name = forms.CharField(max_length=200, strip=True)
