"""`Authorization: Token …` for programs: the token names the merchant, not a person."""

from datetime import timedelta

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from tiktoksync.lib.secrets import digest
from tiktoksync.shops.models import ApiToken, Merchant

NOTED_EVERY = timedelta(minutes=1)


class Program:
    """Stands in for a user: a program that acts for one merchant."""

    is_authenticated = True
    is_active = True
    pk = None

    def __init__(self, merchant: Merchant) -> None:
        self.merchant = merchant


class ApiTokenAuthentication(BaseAuthentication):
    """Finds the merchant of a token that is not revoked."""

    def authenticate(self, request: Request) -> tuple[Program, ApiToken] | None:
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != b"token":
            return None
        if len(words) != 2:
            raise AuthenticationFailed("The Authorization header must be: Token <token>.")
        try:
            token = (
                ApiToken.objects.select_related("merchant")
                .defer("token")
                .get(digest=digest(words[1].decode("ascii")), revoked_at=None)
            )
        except (ApiToken.DoesNotExist, UnicodeDecodeError) as error:
            raise AuthenticationFailed("This token is not valid.") from error
        _note_use(token)
        return Program(token.merchant), token

    def authenticate_header(self, request: Request) -> str:
        return "Token"


def _note_use(token: ApiToken) -> None:
    """To the minute: a busy program must not make every read a write."""
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at >= NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
