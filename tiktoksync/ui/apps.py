from django.apps import AppConfig


class UiConfig(AppConfig):
    """What pages are built of: components, icons, charts, and the page that shows them."""

    name = "tiktoksync.ui"
    label = "ui"
