from django.apps import AppConfig


class AlertsConfig(AppConfig):
    """What a person must hear of, in the app and by e-mail."""

    name = "tiktoksync.alerts"
    label = "alerts"
