"""Send the answers to buyers' cancel requests to TikTok."""

from tiktoksync.management.flow_command import FlowCommand


class Command(FlowCommand):
    help = "Send the answers to buyers' cancel requests to TikTok."
    stem = "answer_cancel_requests"
