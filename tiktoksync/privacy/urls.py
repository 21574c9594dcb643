"""Addresses of the privacy pages."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
