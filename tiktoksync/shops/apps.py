from django.apps import AppConfig


class ShopsConfig(AppConfig):
    name = "tiktoksync.shops"
    label = "shops"
