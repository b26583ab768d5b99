"""``thalweg check``: whether this machine can show the window, a line for each thing, and what mends those that cannot."""

from __future__ import annotations

import json
import operator
import os
import platform as system
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from app.cli.argument_parser import Parser
from app.system import platform_support
from app.system.settings_file import settings_file
from app.utils.resources import ASSETS

FONT = ("fonts-dejavu-core", "dejavu-sans-fonts", "ttf-dejavu")
KOREAN = ("fonts-noto-cjk", "google-noto-sans-cjk-fonts", "noto-fonts-cjk")
COMPARED = {
    ">=": operator.ge,
    "<=": operator.le,
    "!=": operator.ne,
    "==": operator.eq,
    ">": operator.gt,
    "<": operator.lt,
}
PATIENCE = 60.0  # seconds for a window to be painted
OK, HINT, FAULT = "ok", "hint", "missing"


@dataclass(frozen=True)
class Finding:
    """One line of the answer. Without a FAULT the window can be shown; ``mend`` is what to do about it, if anything."""

    verdict: str
    subject: str
    words: str
    mend: str = ""

    def __str__(self) -> str:
        return f"{self.verdict:8} {self.subject}: {self.words}" + (f"\n{'':8} -> {self.mend}" if self.mend else "")


def check(words: Sequence[str]) -> int:
    """Print what is there and what is not; 0 where the window can be shown, else 1."""
    parser = Parser(
        prog="thalweg check",
        description="Look whether the window can be shown here, and say what mends what is "
        "missing. A hint is of no matter for the window.",
        epilog="exit status:\n  0    the window can be shown\n  1    it cannot",
    )
    parser.add_argument(
        "--window", action="store_true", help="only open an empty window, and say as JSON what Qt finds"
    )
    if parser.parse_args(words).window:
        from app.gui.window.application import try_window

        return try_window()
    well = True
    for finding in findings():
        print(finding, flush=True)
        well = well and finding.verdict != FAULT
    print("The window can be shown." if well else "The window cannot be shown until what is missing is there.")
    return 0 if well else 1


def findings() -> Iterator[Finding]:
    """All that is looked at, the slowest last."""
    yield packages()
    needed = [display(), *([libraries()] if platform_support.LINUX else [])]
    yield from needed
    yield kept("settings", settings_file(), "nothing is remembered from one start to the next")
    yield kept("matplotlib's cache", _cache(), "every start takes longer")
    found: dict[str, Any] = {}
    if all(finding.verdict != FAULT for finding in needed):
        found = ask_qt()
        yield window(found)
    if "fonts" not in found:
        found = ask_qt("offscreen")  # fonts are found without a display too
    if "fonts" in found:
        yield fonts(found["fonts"], found["Korean"])
    if find_spec("imageio_ffmpeg") is None:
        yield Finding(
            HINT,
            "films",
            "MP4 needs the package imageio-ffmpeg, GIF does not",
            "" if platform_support.FROZEN else platform_support.pip_command("imageio-ffmpeg"),
        )


def unmet(requirement: str, installed: str) -> bool:
    """Whether a version is not what is asked for, as in "numpy!=2.0.1,>=1.26"."""

    def numbers(version: str) -> list[int]:
        found = [int(part) for part in re.findall(r"\d+", re.match(r"[\d.]*", version)[0])]  # type: ignore[index]
        return found + [0] * (8 - len(found))

    clauses = re.findall(r"([<>=!]=?)\s*([\d.]+)", requirement)
    return not all(COMPARED[sign](numbers(installed), numbers(bound)) for sign, bound in clauses)


def packages() -> Finding:
    """Python and the packages of pyproject.toml, by what pip has written down."""
    try:
        told = metadata.metadata("thalweg")
    except metadata.PackageNotFoundError:
        return Finding(
            HINT,
            "packages",
            "Thalweg is not installed, so their versions cannot be compared",
            "" if platform_support.FROZEN else platform_support.pip_command("-e", str(ASSETS.parent)),
        )
    there, lost = [f"Python {system.python_version()} ({system.machine()})"], []
    if unmet(told["Requires-Python"] or "", system.python_version()):
        lost.append(f"Python{told['Requires-Python']}")
    for requirement in (each for each in told.get_all("Requires-Dist") or () if "extra ==" not in each):
        name = re.split(r"[^\w.-]", requirement)[0]
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            there.append(f"no {name}")
            lost.append(requirement)
        else:
            there.append(f"{name} {version}")
            if unmet(requirement, version):
                lost.append(requirement)
    if not lost:
        return Finding(OK, "packages", ", ".join(there))
    words = f"{', '.join(there)}; needed are {' and '.join(lost)}"
    return Finding(FAULT, "packages", words, platform_support.pip_command("--upgrade", *lost))


def display() -> Finding:
    fault = platform_support.display_fault()
    if fault:
        return Finding(FAULT, "display", fault)
    if platform_support.platform() in ("offscreen", "minimal"):
        return Finding(
            HINT, "display", f"{platform_support.platform()}, as QT_QPA_PLATFORM says: nobody will see the window"
        )
    return Finding(OK, "display", platform_support.platform())


def libraries() -> Finding:
    lost = platform_support.lost_libraries()
    if not lost:
        return Finding(OK, "libraries", "all that Qt asks of the system")
    return Finding(FAULT, "libraries", platform_support.library_fault(lost))


def kept(subject: str, path: Path, otherwise: str) -> Finding:
    """Whether a file or folder of the user's can be read and written, or made."""
    try:
        there = path.exists()
        nearest = next(each for each in (path, *path.parents) if each.exists())
        right = nearest.is_file() == (there and subject == "settings")
        able = right and os.access(nearest, os.R_OK | os.W_OK)
    except OSError:
        able = False
    if able:
        return Finding(OK, subject, f"{path}" if there else f"{path}, not there yet")
    return Finding(
        HINT,
        subject,
        f"{path} cannot be read and written: {otherwise}",
        "thalweg --reset puts it aside" if subject == "settings" else "",
    )


def _cache() -> Path:
    """The folder that matplotlib will choose, known without matplotlib."""
    if os.environ.get("MPLCONFIGDIR"):
        return Path(os.environ["MPLCONFIGDIR"])
    if platform_support.LINUX:
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "matplotlib")
    return Path.home() / ".matplotlib"


def ask_qt(platform: str = "") -> dict[str, Any]:
    """What Qt finds when it opens a window, in a process of its own, which it may end; {"fault": why} where it does not open."""
    program = [sys.executable] if platform_support.FROZEN else [sys.executable, "-m", "app"]
    environment = {**os.environ, **({"QT_QPA_PLATFORM": platform} if platform else {})}
    try:
        answer = subprocess.run(
            [*program, "check", "--window"],
            capture_output=True,
            text=True,
            errors="replace",
            env=environment,
            cwd=ASSETS.parent,
            timeout=PATIENCE,
        )
    except OSError as error:
        return {"fault": str(error)}
    except subprocess.TimeoutExpired:
        return {"fault": f"it was not painted within {PATIENCE:.0f} s"}
    if answer.returncode == 0:
        return dict(json.loads(answer.stdout.splitlines()[-1]))
    told = [line for line in answer.stderr.splitlines() if line.strip()] or [
        f"the process ended with {answer.returncode}"
    ]
    return {"fault": told[0].removeprefix("thalweg: ")}


def window(found: dict[str, Any]) -> Finding:
    if "fault" not in found:
        return Finding(OK, "window", f"one was opened and painted ({found['platform']})")
    mend = ""
    if (
        found["fault"].startswith("qt.") and platform_support.platform() == "xcb"
    ):  # Qt does not say which library it misses
        mend = platform_support.install_command(
            [*platform_support.IMPORTED.values(), *platform_support.SHOWN["xcb"].values()]
        )
    return Finding(FAULT, "window", found["fault"], mend)


def fonts(number: int, korean: list[str]) -> Finding:
    if not number:
        return Finding(
            FAULT, "fonts", "there is none, so no word can be read", platform_support.install_command([FONT])
        )
    if not korean:
        return Finding(
            HINT,
            "fonts",
            f"{number} families, none of them with Korean letters",
            platform_support.install_command([KOREAN]),
        )
    return Finding(OK, "fonts", f"{number} families, {korean[0]} for Korean")
