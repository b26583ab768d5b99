"""Run the random test from the command line."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
import warnings
from pathlib import Path

from PyQt6.QtCore import QSettings
from PyQt6.QtWidgets import QApplication

import tests.monkey
from app.gui.window.garbage_collection import GarbageCollector
from tests.monkey.monkey import MonkeyError, run_monkey


def main() -> int:
    parser = argparse.ArgumentParser(description=tests.monkey.__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--inputs", type=int, default=0, help="end after this many inputs instead")
    parser.add_argument("--log", default=os.devnull, help="write every input to this file")
    args = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    warnings.simplefilter("error")
    application = QApplication([])
    application.setStyle("Fusion")
    GarbageCollector(application)
    with tempfile.TemporaryDirectory() as folder, open(args.log, "w", encoding="utf-8") as log:
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, f"{folder}/config")
        (Path(folder) / "files").mkdir()
        end = time.monotonic() + 60 * args.minutes
        try:
            with run_monkey(application, args.seed, Path(folder) / "files") as monkey:
                while monkey.count < args.inputs if args.inputs else time.monotonic() < end:
                    monkey.send_input()
                    print(monkey.log[-1].replace(folder, "FOLDER"), file=log, flush=True)
        except MonkeyError as failure:
            print(failure)
            return 1
        print(f"seed {args.seed}: {monkey.count} inputs")
        for size in monkey.sizes:
            print(size)
    return 0


if __name__ == "__main__":
    sys.exit(main())
