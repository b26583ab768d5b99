"""Whole processes: time to the first painted window, and memory of a long race."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from app.plotting.rc_settings import default_rc_file
from tests.benchmark.measure import Row, slower

THALWEG_CODE = """
import os, time
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from PyQt6.QtCore import qInstallMessageHandler
qInstallMessageHandler(lambda *_: None)
from app.gui.window.application import create_window
application, window = create_window()
window.show()
window.repaint()
shell = time.process_time()
while not (window.canvases and all(c.full_draw_count for c in window.canvases.values() if c.isVisible())):
    application.processEvents()
window.repaint()
print(shell, time.process_time())
os._exit(0)
"""
MINIMAL_CODE = """
import os, time
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from PyQt6.QtCore import qInstallMessageHandler
from PyQt6.QtWidgets import QApplication
qInstallMessageHandler(lambda *_: None)
application = QApplication([])
application.setStyle("Fusion")
from PyQt6.QtWidgets import QMainWindow, QSplitter
from matplotlib.backends.backend_qtagg import FigureCanvasQTAgg
from matplotlib.figure import Figure
window, splitter = QMainWindow(), QSplitter()
canvases = [FigureCanvasQTAgg(Figure()) for _ in range(3)]
for k, canvas in enumerate(canvases):
    canvas.figure.add_subplot(projection="3d" if k == 0 else None)
    splitter.addWidget(canvas)
window.setCentralWidget(splitter)
window.resize(1280, 800)
window.show()
for _ in range(5):
    application.processEvents()
window.repaint()
print(0, time.process_time())
os._exit(0)
"""
MEMORY_CODE = """
import os
from tests.benchmark.measure import SMOOTH, open_window, process_events
window = open_window(SMOOTH)
def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
window.session.advance(100)
process_events()
idle = resident()
while window.session.race.step < 1_000_000:
    window.session.advance(10_000)
process_events()
print(0, resident() - idle)
os._exit(0)
"""


@cache
def _bytecode_folder() -> Path:
    """Return a folder for bytecode, filled by the first run: warm starts do not compile, and the tree stays clean."""
    folder = Path(tempfile.mkdtemp(prefix="thalweg-benchmark-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _run(code: str) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            key: value
            for key, value in os.environ.items()
            if key not in ("PYTHONDONTWRITEBYTECODE", "OPENBLAS_NUM_THREADS")
        }
        result = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={
                **environment,
                "MATPLOTLIBRC": str(default_rc_file()),
                "XDG_CONFIG_HOME": folder,
                "TMPDIR": folder,
                "PYTHONPYCACHEPREFIX": str(_bytecode_folder()),
            },
        )
    first, second = json.loads(f"[{','.join(result.stdout.split())}]")
    return first, second


def start() -> Iterator[Row]:
    """Measure process start to the first painted window, warm, alternating with a minimal program."""
    ours, minimal = [], []
    for _ in range(7):
        ours.append(_run(THALWEG_CODE))
        minimal.append(_run(MINIMAL_CODE))
    shell, painted = (statistics.median(values) * 1e3 for values in zip(*ours[1:], strict=True))
    reference = statistics.median(value for _, value in minimal[1:]) * 1e3
    yield slower("start", "to the first painted window", painted, "ms", "three empty canvases", reference, 1.25)
    yield Row("start", "the shell itself", shell, "ms", "-", None, None, "<=", None, limit=250.0)


def memory() -> Iterator[Row]:
    """Measure the resident memory of 5 runs x 1,000,000 steps above idle."""
    if not os.path.exists("/proc/self/statm"):
        return
    grown = _run(MEMORY_CODE)[1] / 1e6
    yield slower("memory", "5 x 1,000,000 updates", grown, "MB", "24 bytes x 5 million", 24 * 5, 2.0)
