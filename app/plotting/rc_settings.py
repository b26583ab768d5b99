"""Import matplotlib under the rc settings of Thalweg, so that nothing of the environment changes a figure.

``app.plotting`` calls ``import_matplotlib`` when it is imported, and every other package that uses matplotlib imports
``app.plotting`` first. Neither a matplotlibrc nor MPLBACKEND is read: matplotlib cannot even be imported with a file
that is not UTF-8, or with the backend that Jupyter sets for its child processes.
"""

from __future__ import annotations

import logging
import os
from contextlib import chdir, nullcontext
from importlib.util import find_spec
from pathlib import Path
from typing import Any

RC_FILE_NAME = "matplotlibrc"
# Families of an SVG for readers without DejaVu Sans; matplotlib itself uses the first one.
SANS_SERIF_FAMILIES = ["DejaVu Sans", "Verdana", "Arial", "sans-serif"]
# What differs from matplotlib's own defaults.
OWN_SETTINGS: dict[Any, Any] = {
    "backend": "agg",  # no lookup of an interactive one; the canvas of the window does not depend on it
    "font.sans-serif": SANS_SERIF_FAMILIES,
    "svg.fonttype": "none",  # text is not converted to paths
    "svg.hashsalt": "thalweg",  # without it the ids of an SVG would be random
    "pdf.fonttype": 42,
}


def import_matplotlib() -> None:
    """Import matplotlib without the files and variables of the user, and set its defaults with our settings."""
    os.environ.pop("MPLBACKEND", None)
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)  # silent about families without a bold font
    rc_file = default_rc_file()
    previous = os.environ.get("MATPLOTLIBRC")
    os.environ["MATPLOTLIBRC"] = str(rc_file)
    try:
        # Matplotlib reads the first of: the file in the working folder, MATPLOTLIBRC, the file of the user.
        with chdir(rc_file.parent) if os.path.exists(RC_FILE_NAME) else nullcontext():
            from matplotlib import rcParams, rcParamsDefault
    finally:
        if previous is None:
            del os.environ["MATPLOTLIBRC"]
        else:
            os.environ["MATPLOTLIBRC"] = previous
    list_fonts(rc_file.with_name("fonts") / "ttf")
    for name in rcParamsDefault:  # a script may have imported matplotlib before, and changed its settings
        rcParams._set(name, rcParamsDefault._get(name))  # no warnings about deprecated settings
    rcParams.update(OWN_SETTINGS)


def list_fonts(included: Path) -> None:
    """List the fonts that are included in matplotlib first, and the others by path.

    Of fonts that match equally well the first is used, and the list that matplotlib keeps in a file has them in any
    order, or without those of an installation that has been moved.
    """
    from matplotlib.font_manager import fontManager

    listed_paths = {font.fname for font in fontManager.ttflist}
    for path in map(str, included.glob("*.ttf")):
        if path not in listed_paths:
            fontManager.addfont(path)
    fontManager.ttflist.sort(
        key=lambda font: (not font.fname.startswith(str(included)), font.fname, font.index, font.name)
    )


def default_rc_file() -> Path:
    """Return the matplotlibrc that is included in matplotlib; its lines are comments."""
    package = find_spec("matplotlib")
    if package is None or package.origin is None:
        raise ImportError("matplotlib is not installed")
    return Path(package.origin).with_name("mpl-data") / RC_FILE_NAME
