"""Updates in pieces, as many as there is time for: no rule, however slow, may hold the window."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from app.engine.trajectory import Track


def in_time(advance: Callable[[int], None], count: int, seconds: float, piece: int = 1) -> bool:
    """Advance by ``count`` in pieces that grow from ``piece``; False where the time was over before the last of them."""
    began = perf_counter()
    while count > 0 and perf_counter() - began < seconds:
        advance(min(piece, count))
        count, piece = count - piece, max(piece, min(2 * piece, 256))
    return count <= 0


def first_piece(*tracks: Track) -> int:
    """Updates that surely take no long time: plain rules on floats need a millisecond for a thousand."""
    return 1024 if all(track.rule.batched and not track.parted for track in tracks) else 16


def reached(late: list[tuple[Track, int]], seconds: float) -> bool:
    """Let each track come to its goal, as far as there is time, those that are the farthest behind first; whether all have."""
    began = perf_counter()
    for k, (track, goal) in enumerate(sorted(late, key=lambda one: one[0].extent)):
        left = seconds - (perf_counter() - began)
        if left <= 0:
            break
        in_time(track.advance, goal - track.extent, left / (len(late) - k), first_piece(track))
    return all(track.extent >= goal or track.finished for track, goal in late)
