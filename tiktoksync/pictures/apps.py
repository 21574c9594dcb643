from django.apps import AppConfig


class PicturesConfig(AppConfig):
    """Small copies of products' pictures, so that pages load nothing from elsewhere."""

    name = "tiktoksync.pictures"
    label = "pictures"
