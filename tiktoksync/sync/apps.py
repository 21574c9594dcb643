from django.apps import AppConfig


class SyncConfig(AppConfig):
    name = "tiktoksync.sync"
    label = "sync"
