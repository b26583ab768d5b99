"""The house: who may import whom, and what must not be loaded."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted(path for room in ("optimizers", "surfaces", "app") for path in (ROOT / room).rglob("*.py"))
# Each floor may use what stands on its own floor or below; on one line are rooms of one floor.
FLOORS = [
    {"optimizers", "surfaces"},
    {"app"},
    {
        "app.utils.validation", "app.model.run", "app.model.branch", "app.model.edits", "app.model.catalog", "app.model.dataset", "app.model.experiment", "app.engine.race",
        "app.io.experiment_json", "app.engine.trajectory", "app.engine.time_budget", "app.analysis.curvature", "app.analysis.motion", "app.analysis.convergence", "app.analysis.run_snapshot", "app.analysis.run_status",
        "app.analysis.results", "app.engine.update_timing", "app.engine.learning_rate_sweep", "app.analysis.height_map", "app.analysis.path_decimation", "app.theming.theme", "app.utils.i18n", "app.analysis.summary",
        "app.utils.number_format", "app.model.number_parsing", "app.model.number_stepping", "app.model.hyperparameter_text", "app.system.package_versions",
    },
    {"app.session.experiment_store", "app.session.document_state", "app.session.playback_clock", "app.session.session", "app.session.tuning_task", "app.io.experiment_files", "app.io.image_metadata", "app.utils.atomic_write"},
    {
        "app.views",
        "app.gui.canvas.plot_canvas",
        "app.gui.panels",
        "app.gui.widgets.icons", "app.theming.stylesheet",
        "app.session.settings",
        "app.gui.canvas.contour_tool",
        "app.gui.canvas.hover_readout",
        "app.gui.canvas.contour_viewport",
        "app.gui.dialogs.error_reporter",
        "app.gui.widgets.shortcut_override",
        "app.gui.window.dock_layout",
        "app.gui.widgets.dock",
        "app.gui.widgets.mnemonics",
        "app.gui.window.view_area",
    },
    {"app.export", "app.cli.argument_parser", "app.cli.progress_line", "app.export.command_line", "app.cli.export_arguments", "app.cli.export_command",
     "app.system.platform_support", "app.system.settings_file", "app.system.desktop_entry"},
    {"app.gui.help"},
    {"app.gui.window.focus_navigation"},
    {"app.gui.dialogs.message_boxes", "app.gui.window.actions", "app.gui.window.menus", "app.gui.window.document_controller", "app.gui.dialogs"},
    {"app.gui.window.panel_builder", "app.gui.window.window_state", "app.gui.window.appearance", "app.gui.window.presentation_mode", "app.gui.window.reduced_motion"},
    {"app.gui.window.main_window"},
    {"app.gui.window.application"},
    {"app.cli.check_command"},
    {"app.cli.main"},
    {"app.__main__"},
]
QUIET = {
    "optimizers",
    "surfaces",
    "app.utils.validation", "app.model.run",
    "app.model.catalog",
    "app.model.dataset",
    "app.model.experiment",
    "app.io.experiment_json",
    "app.engine.race",
    "app.engine.trajectory",
    "app.analysis.run_status",
    "app.analysis.results",
    "app.engine.update_timing",
    "app.engine.learning_rate_sweep",
    "app.model.branch",
    "app.model.edits",
    "app.engine.time_budget",
    "app.analysis.curvature",
    "app.analysis.motion",
    "app.analysis.convergence",
    "app.analysis.run_snapshot",
    "app.analysis.height_map",
    "app.analysis.path_decimation",
    "app.utils.i18n",
    "app.analysis.summary",
    "app.utils.number_format", "app.model.number_parsing", "app.model.number_stepping", "app.model.hyperparameter_text",
    "app.system.package_versions",
}
WITHOUT_QT = QUIET | {
    "app.utils.atomic_write", "app.views", "app.export", "app.theming.theme", "app.theming.stylesheet", "app.io.experiment_files", "app.io.image_metadata", "app.cli.main", "app.cli.argument_parser",
    "app.cli.progress_line", "app.export.command_line", "app.cli.export_arguments", "app.cli.export_command", "app.system.platform_support", "app.system.settings_file",
    "app.system.desktop_entry", "app.cli.check_command",
}
WITHOUT_MATPLOTLIB = QUIET | {
    "app.session.experiment_store",
    "app.session.playback_clock",
    "app.session.session",
    "app.gui.panels",
    "app.gui.help",
    "app.gui.window.view_area",
    "app.gui.window.main_window",
    "app.gui.window.actions",
    "app.session.settings",
}


def module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room(name: str) -> str:
    """The longest name in FLOORS that a module lies under."""
    known = [r for floor in FLOORS for r in floor if name == r or name.startswith(r + ".")]
    return max(known, key=len, default="")


def imports(path: Path, lazily: bool) -> set[str]:
    """The modules a file imports; with ``lazily`` also those it imports inside functions, never those for typing alone."""
    tree = ast.parse(path.read_text())
    skipped = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for inner in ast.walk(node)
    }
    nodes = ast.walk(tree) if lazily else iter(tree.body)
    found: set[str] = set()
    for node in nodes:
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            package = module(path) if path.name == "__init__.py" else module(path).rpartition(".")[0]
            base = package if node.level else ""
            name = ".".join(filter(None, [base, node.module or ""]))
            found |= {name} | {
                f"{name}.{alias.name}" for alias in node.names if room(f"{name}.{alias.name}") not in ("", room(name))
            }
    return found


@pytest.mark.parametrize("path", FILES, ids=map(module, FILES))
def test_arrows_run_downwards(path: Path) -> None:
    mine = room(module(path))
    assert mine, f"{module(path)} stands on no floor"
    floor = next(i for i, rooms in enumerate(FLOORS) if mine in rooms)
    for name in imports(path, lazily=True):
        other = room(name)
        if other and other != mine and not (other == "app" and name == "app"):
            height = next(i for i, rooms in enumerate(FLOORS) if other in rooms)
            assert height <= floor, f"{module(path)} imports {name}, which stands above it"
            if floor == 0:
                assert other == mine, f"{module(path)} imports {name}: optimizers and surfaces are strangers"


@pytest.mark.parametrize("path", FILES, ids=map(module, FILES))
def test_the_quiet_rooms_are_quiet(path: Path) -> None:
    name, roots = module(path), {found.partition(".")[0] for found in imports(path, lazily=True)}
    if room(name) in WITHOUT_QT:
        assert "PyQt6" not in roots
    if room(name) in QUIET:
        assert "matplotlib" not in roots
    if room(name) in ("optimizers", "surfaces"):
        assert roots <= set(sys.stdlib_module_names) | {"numpy", "optimizers", "surfaces"}
    if any(name == quiet or name.startswith(quiet + ".") for quiet in WITHOUT_MATPLOTLIB):
        assert "matplotlib" not in {found.partition(".")[0] for found in imports(path, lazily=False)}


def loaded_by(code: str) -> set[str]:
    """The top-level modules that are loaded after a piece of code has run in a fresh interpreter."""
    answer = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*{{m.partition('.')[0] for m in sys.modules}})"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return set(answer.stdout.split())


def test_export_loads_no_qt(tmp_path: Path) -> None:
    target = tmp_path / "a.png"
    loaded = loaded_by(f"from app.cli.main import main; assert main(['export', '--steps', '3', '--to', {str(target)!r}]) == 0")
    assert target.stat().st_size > 10_000
    assert "PyQt6" not in loaded
    assert "matplotlib" in loaded


def test_the_shell_stands_without_matplotlib_and_nothing_heavy_is_loaded() -> None:
    loaded = loaded_by(
        "import os; os.environ['QT_QPA_PLATFORM'] = 'offscreen'\nfrom PyQt6.QtWidgets import QApplication\n"
        "a = QApplication([])\nfrom app.gui.window.main_window import MainWindow\nw = MainWindow()"
    )
    assert "PyQt6" in loaded
    assert not loaded & {"matplotlib", "scipy", "sympy", "pandas", "imageio", "PIL"}


def test_painted_views_load_no_pyplot() -> None:
    answer = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, app.gui.canvas.plot_canvas, app.views, app.export, app.gui.canvas.contour_tool\n"
            "print('matplotlib.pyplot' in sys.modules, 'scipy' in sys.modules)",
        ],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert answer.stdout.split() == ["False", "False"]
