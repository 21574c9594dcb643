"""Work the uploads, imports and pushes somebody asked for."""

from tiktoksync.management.flow_command import FlowCommand


class Command(FlowCommand):
    help = "Work the uploads, imports and pushes somebody asked for."
    stem = "product_runs"
