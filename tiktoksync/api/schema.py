"""What the generated OpenAPI document has to be told: the token, and the refusals."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """`Authorization: Token …`"""

    target_class = "tiktoksync.shops.api_auth.ApiTokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Token ` followed by a token of the merchant, as Settings show it.",
        }


class ErrorSerializer(serializers.Serializer[Any]):
    """What was refused, for a program and for a person."""

    code = serializers.CharField(help_text="A word for programs: invalid, not_found, conflict …")
    message = serializers.CharField(help_text="A sentence for people.")
    fields = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.CharField()),
        help_text="What is wrong with which field; empty if no field is to blame.",
    )


class RefusalSerializer(serializers.Serializer[Any]):
    """The body of every answer that is not a success."""

    error = ErrorSerializer()


SHARED_REFUSALS = {
    "400": "The request is not valid; `fields` names what is wrong.",
    "401": "No token, or one that is not valid (any more).",
    "404": "The merchant has no such object.",
}


class ApiSchema(AutoSchema):
    """Adds the refusals that operations share to those each names itself."""

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        for code, meaning in SHARED_REFUSALS.items():
            if code not in bodies and (code != "404" or "{" in self.path):
                body = self._get_response_for_code(RefusalSerializer, code)  # type: ignore[no-untyped-call]
                bodies[code] = {**body, "description": meaning}
        return dict(sorted(bodies.items()))
