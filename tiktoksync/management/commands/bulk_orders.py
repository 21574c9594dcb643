"""Work the actions on many orders that merchants asked for."""

from tiktoksync.management.flow_command import FlowCommand


class Command(FlowCommand):
    help = "Work the actions on many orders that merchants asked for."
    stem = "bulk_orders"
