"""Renew access tokens that are about to end."""

from tiktoksync.management.flow_command import FlowCommand


class Command(FlowCommand):
    help = "Renew access tokens that are about to end."
    stem = "refresh_tokens"
