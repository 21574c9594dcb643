"""What all views of the API share: the merchant of the token, the error shape, lists by keyset."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tiktoksync.api.errors import answer_error
from tiktoksync.api.pagination import Keyset, KeysetPagination
from tiktoksync.api.schema import ApiSchema
from tiktoksync.shops.api_auth import Program
from tiktoksync.shops.models import Merchant, TikTokShop


class ApiView(APIView):
    """Everything resolves inside the merchant whose token came with the request."""

    pagination_class: type[BasePagination] | None = KeysetPagination
    keyset: Keyset
    schema = ApiSchema()

    def get_exception_handler(self) -> Callable[..., Response | None]:
        """Refusals have one shape."""
        return answer_error

    @property
    def merchant(self) -> Merchant:
        """The tenant of this request."""
        program = cast(Program, self.request.user)
        return program.merchant

    @property
    def is_described(self) -> bool:
        """The schema generator looks at the view: there is no request with a merchant."""
        return getattr(self, "swagger_fake_view", False)

    @cached_property
    def shops(self) -> list[TikTokShop]:
        """The merchant's shops; only the one that `shop=` names, if it does."""
        shops = TikTokShop.objects.filter(merchant=self.merchant)
        if wanted := self.request.query_params.get("shop"):
            shops = shops.filter(shop_id=wanted.replace("\0", ""))
        return list(shops)


class UnknownAddress(ApiView):
    """Any other address below /api/v1/ is refused in the API's own shape."""

    @extend_schema(exclude=True)
    def _refuse(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        raise NotFound("There is nothing at this address.")

    get = post = put = patch = delete = _refuse
