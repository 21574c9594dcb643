"""The one job: its dotted path is a public interface, queued wake-ups hold it."""

from tiktoksync.sync.lanes import Lane, drain


def drain_lane(stem: str, account_id: int) -> None:
    """Drain one lane."""
    drain(Lane(stem, account_id))
