"""Measure the parts of the benchmark and print a table; no screen is needed.

``python -m tests.benchmark [PART ...] [--json FILE]``
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from tests.benchmark import frames, networks, numbers, processes
from tests.benchmark.measure import Row

PARTS = {
    "frame": frames.frame,
    "turn": frames.rotate,
    "step": numbers.step,
    "what-if": frames.what_if,
    "map": numbers.grid_map,
    "basins": numbers.basins,
    "basin drag": numbers.basin_drag,
    "batch": numbers.batch,
    "start": processes.start,
    "memory": processes.memory,
    "resize": frames.resize,
    "picture": frames.image,
    "film": frames.animation,
    "scrub": frames.scrub,
    "tune": numbers.tune,
    "formula": numbers.formula,
    "network": networks.network,
}


def describe_machine() -> str:
    """Return the machine and the versions that were measured."""
    import matplotlib
    import numpy
    from PyQt6.QtCore import PYQT_VERSION_STR

    return (
        f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, numpy {numpy.__version__}, "
        f"matplotlib {matplotlib.__version__}, PyQt {PYQT_VERSION_STR}"
    )


def table_row(row: Row) -> str:
    """Return a row of the table in Markdown."""
    reference_text = (
        f"{row.reference:.4g} {row.unit}"
        if row.reference is not None
        else "not installed"
        if row.target is not None
        else ""
    )
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}x" if row.ratio < 10 else f"{row.ratio:.0f}x"
    targets = [f"{row.relation} {row.target:g}x"] if row.target is not None else []
    targets += [f"<= {row.limit:g} {row.unit}"] if row.limit is not None else []
    met = {True: "met", False: "NOT met", None: "skipped"}[row.met]
    cells = (
        row.part,
        row.case,
        f"{row.cost:.4g} {row.unit}",
        f"{row.reference_name} {reference_text}",
        ratio,
        ", ".join(targets),
        met,
    )
    return f"| {' | '.join(cells)} |"


def _measure_part(name: str) -> list[Row]:
    """Measure a part in a process of its own: neither earlier parts nor the user's settings must help or harm it."""
    with tempfile.TemporaryDirectory() as folder:
        result = subprocess.run(
            [sys.executable, "-m", "tests.benchmark", name, "--raw"],
            stdout=subprocess.PIPE,
            check=True,
            env={**os.environ, "XDG_CONFIG_HOME": folder, "APPDATA": folder},
        )
    return [Row(**row) for row in json.loads(result.stdout)]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"one or more of {', '.join(PARTS)} (default: all)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers to a file")
    parser.add_argument("--raw", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    unknown = [part for part in args.parts if part not in PARTS]
    if unknown:
        parser.error(f"there is no part {unknown[0]!r}; choose from {', '.join(PARTS)}")
    if args.raw:
        print(json.dumps([asdict(row) for name in args.parts for row in PARTS[name]()]))
        return 0
    rows: list[Row] = []
    for name in args.parts or PARTS:
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        rows += _measure_part(name)
    print(describe_machine(), "\n")
    print("| part | what, ours | cost | comparison | ratio | target | |\n|---|---|---|---|---|---|---|")
    for row in rows:
        print(table_row(row))
    if args.json:
        numbers_by_row = {"machine": describe_machine(), "rows": [{**asdict(row), "met": row.met} for row in rows]}
        args.json.write_text(json.dumps(numbers_by_row, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
