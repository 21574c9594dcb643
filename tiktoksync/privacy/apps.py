from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    """Personal data: requests, retention, export and erasure."""

    name = "tiktoksync.privacy"
    label = "privacy"
