"""`Authorization: Token …` for programs: the token names the merchant, not a person."""

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from tiktoksync.lib.secrets import digest
from tiktoksync.shops.models import ApiToken, Merchant


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
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=timezone.now())
        return Program(token.merchant), token

    def authenticate_header(self, request: Request) -> str:
        return "Token"
