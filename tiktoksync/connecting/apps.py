from django.apps import AppConfig


class ConnectingConfig(AppConfig):
    """Connecting both platforms from a browser."""

    name = "tiktoksync.connecting"
    label = "connecting"
