"""Updates in pieces, as many as there is time for: no rule, however slow, may hold the window."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from app.track import Track


def in_time(advance: Callable[[int], None], count: int, seconds: float, piece: int = 1) -> bool:
    """Advance by ``count`` in pieces that grow from ``piece``; False where the time was over before the last of them."""
    began = perf_counter()
    while count > 0 and perf_counter() - began < seconds:
        advance(min(piece, count))
        count, piece = count - piece, max(piece, min(2 * piece, 256))
    return count <= 0


def first_piece(*tracks: Track) -> int:
    """Updates that surely take no long time: rules on floats need a millisecond for a thousand."""
    return 1024 if all(track.rule.batched for track in tracks) else 1


def reached(late: list[tuple[Track, int]], seconds: float) -> bool:
    """Let each track come to its goal, each in its share of the time; whether all have."""
    done = [in_time(track.advance, goal - track.extent, seconds / len(late), first_piece(track)) for track, goal in late]
    return all(done)
