"""Limit of the memory that the steps of all runs may take."""

from __future__ import annotations

from app.engine.race import Race
from app.system.memory import physical_memory, return_freed_memory

MEMORY_SHARE = 0.5  # of the memory of the computer, for the steps of all runs
LARGE_RELEASE = 50 << 20  # bytes; freed blocks of this size are given back to the system


def exceeds_memory_limit(race: Race) -> bool:
    """Return whether the steps of all runs take more than their share of the memory."""
    return race.byte_count > MEMORY_SHARE * physical_memory()


def release_memory(old_race: Race, new_race: Race) -> None:
    """Give memory back to the system if the new race is much smaller than the one that it replaces."""
    if old_race.byte_count - new_race.byte_count > LARGE_RELEASE:
        return_freed_memory()
