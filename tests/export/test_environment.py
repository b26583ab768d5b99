"""Nothing of the environment changes a figure: settings of matplotlib, locale, time zone, working folder, hash seed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import matplotlib
import pytest
from matplotlib import rcParams, rcParamsDefault
from matplotlib.font_manager import fontManager

from app.export.formats import EXPORT_FORMATS
from app.plotting.rc_settings import OWN_SETTINGS, default_rc_file, import_matplotlib, list_fonts
from tests.processes import ROOT

RC_LINES = """
text.usetex: True
text.color: red
text.parse_math: False
savefig.bbox: tight
savefig.facecolor: red
savefig.dpi: 37
savefig.transparent: True
axes.grid: True
axes.facecolor: green
axes.linewidth: 5
axes.spines.top: False
axes.formatter.use_locale: True
axes.unicode_minus: False
axes.xmargin: 0.4
font.family: serif
font.size: 20
path.sketch: 1, 100, 2
path.simplify: False
path.snap: False
lines.linewidth: 7
lines.antialiased: False
lines.solid_capstyle: round
patch.antialiased: False
contour.linewidth: 4
image.interpolation: nearest
figure.dpi: 300
figure.autolayout: True
figure.constrained_layout.use: True
legend.frameon: True
legend.shadow: True
mathtext.fontset: cm
svg.fonttype: path
svg.hashsalt: other
svg.image_inline: False
pdf.fonttype: 3
pdf.compression: 0
pdf.use14corefonts: True
xtick.direction: in
xtick.top: True
xtick.minor.visible: True
ytick.labelsize: 30
timezone: Asia/Seoul
backend: template
no.such.setting: 1
"""
SUFFIXES = tuple(EXPORT_FORMATS)
ARGUMENTS = ["--surface", "rosenbrock", "--run", "adam lr=0.05", "--run", "sgd lr=0.0005", "--steps", "12"]


def export_all(folder: Path, cwd: Path, **environment: str) -> dict[str, bytes]:
    """Export to every format in a process of its own, and return the content of the files by suffix."""
    folder.mkdir()
    targets = [str(folder / f"a{suffix}") for suffix in SUFFIXES]
    options = ["--size", "8x5in", "--dpi", "50", "--title", "Ünïcode, λ, اللغة"]
    result = subprocess.run(
        [sys.executable, "-m", "app", "export", *ARGUMENTS, *options, "--to", *targets],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        cwd=cwd,
    )
    assert (result.returncode, result.stderr) == (0, "")
    return {suffix: (folder / f"a{suffix}").read_bytes() for suffix in SUFFIXES}


def hostile_environment(folder: Path) -> dict[str, str]:
    """Return variables of an environment in which matplotlib would draw otherwise or not at all."""
    folder.mkdir()
    (folder / "matplotlibrc").write_text(RC_LINES)
    return {
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",  # set by Jupyter, and seldom installed
        "MATPLOTLIBRC": str(folder),
        "MPLCONFIGDIR": str(folder),  # also an empty cache of fonts
        "LC_ALL": "ko_KR.UTF-8",
        "LANG": "de_DE.UTF-8",
        "TZ": "Asia/Seoul",
        "PYTHONHASHSEED": "123",
        "SOURCE_DATE_EPOCH": "1",
        "QT_API": "pyside2",
    }


@pytest.mark.slow
def test_an_export_has_the_same_bytes_in_every_environment(tmp_path: Path) -> None:
    expected = export_all(tmp_path / "plain", ROOT, PYTHONHASHSEED="0")
    environment = hostile_environment(tmp_path / "rc")
    for name, folder in (("elsewhere", tmp_path), ("beside a matplotlibrc", tmp_path / "rc")):
        files = export_all(tmp_path / name, folder, **environment)
        assert [suffix for suffix in SUFFIXES if files[suffix] != expected[suffix]] == []


@pytest.mark.slow
def test_the_window_draws_the_same_in_every_environment(tmp_path: Path) -> None:
    code = (
        "import hashlib, os\nfrom tests.benchmark.measure import SMOOTH, open_window, process_events\n"
        "window = open_window(SMOOTH)\nwindow.session.advance(20)\nprocess_events()\n"
        "for canvas in (each for each in window.canvases.values() if each.isVisible()):\n"
        "    print(canvas.view.id, hashlib.md5(bytes(canvas.buffer_rgba())).hexdigest(), flush=True)\n"
        "os._exit(0)\n"
    )
    environment = hostile_environment(tmp_path / "rc")
    del environment["LC_ALL"], environment["LANG"]  # these select the language of the window
    outputs = [
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
            cwd=folder,
        ).stdout
        for folder, variables in ((ROOT, {}), (tmp_path / "rc", environment))
    ]
    assert outputs[0].count("\n") >= 3
    assert outputs[0] == outputs[1]


@pytest.mark.slow
@pytest.mark.parametrize(
    "module", ["app.views", "app.export.formats", "app.gui.canvas.plot_canvas", "app.plotting.fonts"]
)
def test_every_package_that_draws_ignores_an_unreadable_matplotlibrc(module: str, tmp_path: Path) -> None:
    (tmp_path / "matplotlibrc").write_bytes(b"font.family: \xff\xfe\x00\n")
    code = f"import os, {module}; print(os.getcwd(), os.environ['MATPLOTLIBRC'], os.environ.get('MPLBACKEND'))"
    result = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "MPLBACKEND": "none such", "MATPLOTLIBRC": str(tmp_path)},
        cwd=tmp_path,
    )
    assert (result.stdout, result.stderr) == (f"{tmp_path} {tmp_path} None\n", "")


def test_fonts_are_listed_in_one_order_with_those_of_matplotlib_first() -> None:
    included = default_rc_file().with_name("fonts") / "ttf"
    before, names = list(fontManager.ttflist), {path.name for path in included.glob("*.ttf")}
    try:
        fontManager.ttflist = [font for font in reversed(before) if not font.fname.startswith(str(included))]
        list_fonts(included)
        assert fontManager.ttflist == before
        assert {Path(font.fname).name for font in before[: len(names)]} == names
    finally:
        fontManager.ttflist = before


def test_settings_that_a_script_has_changed_are_replaced() -> None:
    with matplotlib.rc_context({"lines.linewidth": 7, "text.usetex": True}):
        import_matplotlib()
        assert {name for name in rcParams if rcParams._get(name) != rcParamsDefault._get(name)} <= OWN_SETTINGS.keys()
        assert {name: rcParams[name] for name in OWN_SETTINGS} == OWN_SETTINGS
