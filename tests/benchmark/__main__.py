"""``python -m tests.benchmark [PART ...] [--json FILE]``: prints a table; no screen is needed."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from tests.benchmark import frames, numbers, processes
from tests.benchmark.measure import Row

PARTS = {
    "frame": frames.frame,
    "turn": frames.turn,
    "step": numbers.step,
    "what-if": frames.what_if,
    "map": numbers.grid_map,
    "batch": numbers.batch,
    "start": processes.start,
    "memory": processes.memory,
    "resize": frames.resize,
    "picture": frames.picture,
    "film": frames.film,
    "scrub": frames.scrub,
    "tune": numbers.tune,
}


def machine() -> str:
    """What it ran on."""
    import matplotlib
    import numpy
    from PyQt6.QtCore import PYQT_VERSION_STR

    return (
        f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, numpy {numpy.__version__}, "
        f"matplotlib {matplotlib.__version__}, PyQt {PYQT_VERSION_STR}"
    )


def line(row: Row) -> str:
    """A row of the table, in Markdown."""
    theirs = (
        f"{row.theirs:.4g} {row.unit}" if row.theirs is not None else "not installed" if row.target is not None else ""
    )
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}x" if row.ratio < 10 else f"{row.ratio:.0f}x"
    wanted = [f"{row.sense} {row.target:g}x"] if row.target is not None else []
    wanted += [f"<= {row.limit:g} {row.unit}"] if row.limit is not None else []
    met = {True: "met", False: "NOT met", None: "skipped"}[row.met]
    cells = (
        row.part,
        row.what,
        f"{row.ours:.4g} {row.unit}",
        f"{row.comparison} {theirs}",
        ratio,
        ", ".join(wanted),
        met,
    )
    return f"| {' | '.join(cells)} |"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"one or more of {', '.join(PARTS)} (default: all)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")
    parser.add_argument("--raw", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    unknown = [part for part in chosen.parts if part not in PARTS]
    if unknown:
        parser.error(f"there is no part {unknown[0]!r}; choose from {', '.join(PARTS)}")
    if chosen.raw:
        print(json.dumps([asdict(row) for name in chosen.parts for row in PARTS[name]()]))
        return 0
    rows: list[Row] = []
    for name in chosen.parts or PARTS:
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        # A process of its own: what an earlier part left in memory and caches must not help or harm the next.
        answer = subprocess.run(
            [sys.executable, "-m", "tests.benchmark", name, "--raw"], stdout=subprocess.PIPE, check=True
        )
        rows += [Row(**row) for row in json.loads(answer.stdout)]
    print(machine(), "\n")
    print("| part | what, ours | cost | comparison | ratio | target | |\n|---|---|---|---|---|---|---|")
    for row in rows:
        print(line(row))
    if chosen.json:
        figures = {"machine": machine(), "rows": [{**asdict(row), "met": row.met} for row in rows]}
        chosen.json.write_text(json.dumps(figures, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
