"""Pieces of the products' pages of the settings."""

from __future__ import annotations

from django import template
from django.forms import BoundField, MultipleChoiceField

register = template.Library()


@register.filter
def is_choices(field: BoundField) -> bool:
    """Whether a field is a group of boxes to tick."""
    return isinstance(field.field, MultipleChoiceField)
