"""Look up and link SKUs that orders need."""

from tiktoksync.management.flow_command import FlowCommand


class Command(FlowCommand):
    help = "Look up and link SKUs that orders need."
    stem = "link_skus"
