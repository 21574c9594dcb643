"""Read TikTok's parcels and their labels."""

from tiktoksync.management.flow_command import FlowCommand


class Command(FlowCommand):
    help = "Read TikTok's parcels and their labels."
    stem = "pull_packages"
