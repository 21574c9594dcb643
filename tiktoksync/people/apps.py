from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """People: sign-up, invitations, roles."""

    name = "tiktoksync.people"
    label = "people"
