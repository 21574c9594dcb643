from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "tiktoksync.webhooks"
    label = "webhooks"
