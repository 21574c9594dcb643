"""What the sign-in package asks of this application: who may sign up, where people land."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from tiktoksync.lib.secrets import seal, unseal
from tiktoksync.people.services.invitations import remembered_invitation

WRONG = "Please enter a correct username and password. Note that both are case-sensitive."


class PeopleAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts of people who sign in."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        # One sentence for both, so that it tells nobody which addresses are known.
        "username_password_mismatch": WRONG,
        "email_password_mismatch": WRONG,
        "too_many_login_attempts": (
            "Too many failed attempts. Wait five minutes, or set a new password by e-mail."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Anybody, or only those who were invited."""
        return settings.SIGN_UP == "open" or remembered_invitation(request.session) is not None

    def get_client_ip(self, request: HttpRequest) -> str:
        """Whom attempts are counted for; a server behind a socket knows no address."""
        try:
            return str(super().get_client_ip(request))
        except PermissionDenied:
            return "0.0.0.0"  # a name for "unknown", nothing listens on it


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Keys of authenticator apps and recovery codes lie encrypted, like every other secret."""

    def encrypt(self, text: str) -> str:
        """As it is stored."""
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """As the check needs it."""
        return unseal(encrypted_text)
