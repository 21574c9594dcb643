"""Work the backfills that merchants asked for."""

from tiktoksync.management.flow_command import FlowCommand


class Command(FlowCommand):
    help = "Work the backfills that merchants asked for."
    stem = "backfill_orders"
