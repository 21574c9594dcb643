"""Addresses of the admin's pages, and the models that have some."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models import Model
from django.urls import reverse

OURS = (
    *(
        "alerts",
        "connecting",
        "onboarding",
        "orders",
        "privacy",
        "products",
        "runs",
        "shops",
        "support",
    ),
    *("sync", "webhooks"),
)
MODELS = [model for model in apps.get_models() if model._meta.app_label in OURS]


def label(model: Any) -> str:
    """The name of a model, for test ids."""
    return str(model._meta.label_lower) if hasattr(model, "_meta") else ""


def page(model: type[Model], name: str, *args: Any) -> str:
    """The address of one of a model's pages."""
    options = model._meta
    return reverse(f"admin:{options.app_label}_{options.model_name}_{name}", args=args)
