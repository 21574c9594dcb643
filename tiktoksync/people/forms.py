"""What people fill in to sign in, to sign up, and to put a team together."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from allauth.account.forms import LoginForm, SignupForm
from django import forms
from django.conf import settings

from tiktoksync.shops.models import Membership, Merchant

ZONES = [(name, name) for name in sorted(available_timezones())]


class SignInForm(LoginForm):  # type: ignore[misc]
    """Username or e-mail address, and the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login = self.fields["login"]
        login.label = "Username or e-mail address"
        login.widget.attrs = {"autocomplete": "username webauthn", "autocapitalize": "none"}
        self.fields["password"].widget.attrs = {"autocomplete": "current-password"}
        self.fields["password"].help_text = ""

    def add_prefix(self, field_name: str) -> str:
        """The field is called `username` outside, as password managers and programs know it."""
        return "username" if field_name == "login" else str(super().add_prefix(field_name))


class SignUpForm(SignupForm):  # type: ignore[misc]
    """An e-mail address and a password; who was invited signs up under the invited address."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.invitation = kwargs.pop("invitation", None)
        super().__init__(*args, **kwargs)
        email, password = self.fields["email"], self.fields["password1"]
        email.label = "E-mail address"
        email.widget.attrs = {"autocomplete": "email", "autocapitalize": "none"}
        password.widget.attrs = {"autocomplete": "new-password"}
        password.help_text = "At least 8 characters."
        if self.invitation:
            self.initial.setdefault("email", self.invitation.email)

    def clean_email(self) -> str:
        """Where sign-up is for the invited, it is for the invited address."""
        email = str(super().clean_email())
        if settings.SIGN_UP != "open" and email.lower() != self._invited_address():
            raise forms.ValidationError("The invitation is for another address.")
        return email

    def _invited_address(self) -> str:
        return str(self.invitation.email).lower() if self.invitation else ""


class InviteForm(forms.Form):
    """Whom to ask, and what they may do."""

    email = forms.EmailField(label="E-mail address", max_length=254)
    role = forms.ChoiceField(
        label="Role", choices=Membership.Role.choices, initial=Membership.Role.OPERATOR
    )


class RoleForm(forms.Form):
    """What a member may do."""

    role = forms.ChoiceField(choices=Membership.Role.choices)


class NewMerchantForm(forms.ModelForm):  # type: ignore[type-arg]
    """The name of the business and where its days begin."""

    timezone = forms.ChoiceField(label="Time zone", choices=ZONES, initial="UTC")

    class Meta:
        model = Merchant
        fields = ("name", "timezone")
        labels = {"name": "Name of the business"}
        error_messages = {
            "name": {"unique": "Another team here has this name. Choose one that differs."}
        }
