from django.apps import AppConfig


class SupportConfig(AppConfig):
    """What support staff do for a merchant, and the record of it."""

    name = "tiktoksync.support"
    label = "support"
