"""Checks of ``thalweg check`` that concern figures: the settings of matplotlib that others use, and fonts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from app.cli.finding import HINT, OK, Finding
from app.system import platform_support
from app.system.font_packages import SCRIPTS


def check_matplotlib_settings() -> Finding:
    """List the settings of matplotlib that other programs would use here; Thalweg has its own."""
    named = os.environ.get("MATPLOTLIBRC", "")
    candidates = [Path("matplotlibrc"), *([Path(named), Path(named, "matplotlibrc")] if named else [])]
    found = [str(path.absolute()) for path in (*candidates, _matplotlib_folder() / "matplotlibrc") if path.is_file()]
    found += [f"MPLBACKEND={os.environ['MPLBACKEND']}"] if os.environ.get("MPLBACKEND") else []
    return Finding(
        OK,
        "Matplotlib settings",
        f"{' and '.join(found)} ignored; figures use Thalweg's own" if found else "Thalweg's own",
    )


def _matplotlib_folder() -> Path:
    """Return the folder of matplotlib's settings, without importing it."""
    if os.environ.get("MPLCONFIGDIR"):
        return Path(os.environ["MPLCONFIGDIR"])
    if platform_support.LINUX:
        return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config", "matplotlib")
    return Path.home() / ".matplotlib"


def check_figure_fonts() -> Iterator[Finding]:
    """Check which scripts the texts of figures can have; yield nothing if matplotlib cannot be imported."""
    try:
        from app.plotting import fonts
    except ImportError:
        return  # check_window says why
    missing = [script for script in SCRIPTS if fonts.missing_glyphs_message(script.sample)]
    used = [f"{fonts.font_families(each.sample)[-1]} for {each.name}" for each in SCRIPTS if each not in missing]
    yield Finding(OK, "figure fonts", ", ".join([fonts.DEFAULT_FAMILY, *used]))
    for script in missing:
        yield Finding(
            HINT,
            "figure fonts",
            f"no font has some {script.name} characters; figures show boxes instead",
            platform_support.install_command([script.packages]),
        )
