from django.apps import AppConfig


class TikTokSyncConfig(AppConfig):
    name = "tiktoksync"
    label = "tiktoksync"

    def ready(self) -> None:
        from tiktoksync import checks  # noqa: F401  registers the system checks
