from django.apps import AppConfig


class OnboardingConfig(AppConfig):
    """The way from an empty account to a live shop."""

    name = "tiktoksync.onboarding"
    label = "onboarding"
