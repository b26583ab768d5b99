"""Import matplotlib faster, for the start of the window."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

DOCSTRING_METHOD = "_update_set_signature_and_docstring"  # of matplotlib.artist.Artist, called for every subclass


@contextmanager
def artist_docstrings_skipped() -> Iterator[None]:
    """Import modules of matplotlib without the docstrings of ``Artist.set``, which are composed for each artist class.

    They take about a tenth of the time until the window is drawn, and the program does not read them. The method that
    composes them is private to matplotlib: in a version that has no such method, nothing is skipped.
    """
    from matplotlib.artist import Artist

    original = vars(Artist).get(DOCSTRING_METHOD)
    if original is None:
        yield
        return
    setattr(Artist, DOCSTRING_METHOD, lambda *_: None)
    try:
        yield
    finally:
        setattr(Artist, DOCSTRING_METHOD, original)
