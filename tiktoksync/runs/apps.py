from django.apps import AppConfig


class RunsConfig(AppConfig):
    name = "tiktoksync.runs"
    label = "runs"
