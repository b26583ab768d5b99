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
        "app.checks", "app.run", "app.branch", "app.editing", "app.catalogue", "app.data", "app.experiment", "app.race",
        "app.schema", "app.track", "app.late", "app.curvature", "app.motion", "app.rest", "app.situation", "app.verdict",
        "app.standings", "app.pace", "app.sweep", "app.scenery", "app.visits", "app.theme", "app.language", "app.description",
        "app.numerals", "app.entry", "app.stepping", "app.hyperparameters", "app.versions",
    },
    {"app.store", "app.origin", "app.clock", "app.session", "app.tuner", "app.files", "app.embedded", "app.atomic"},
    {
        "app.views",
        "app.canvas",
        "app.panels",
        "app.look", "app.sheet",
        "app.settings",
        "app.gestures",
        "app.hover",
        "app.zoom",
        "app.errors",
        "app.keys",
        "app.layout",
        "app.dock",
        "app.mnemonics",
        "app.stage",
    },
    {"app.export", "app.parser", "app.progress", "app.spelling", "app.wishes", "app.batch",
     "app.machine", "app.reset", "app.launcher"},
    {"app.help"},
    {"app.walk"},
    {"app.boxes", "app.actions", "app.commands", "app.documents", "app.sharing"},
    {"app.furniture", "app.memory", "app.dress", "app.presentation", "app.calm"},
    {"app.window"},
    {"app.desktop"},
    {"app.checkup"},
    {"app.cli"},
    {"app.__main__"},
]
QUIET = {
    "optimizers",
    "surfaces",
    "app.checks", "app.run",
    "app.catalogue",
    "app.data",
    "app.experiment",
    "app.schema",
    "app.race",
    "app.track",
    "app.verdict",
    "app.standings",
    "app.pace",
    "app.sweep",
    "app.branch",
    "app.editing",
    "app.late",
    "app.curvature",
    "app.motion",
    "app.rest",
    "app.situation",
    "app.scenery",
    "app.visits",
    "app.language",
    "app.description",
    "app.numerals", "app.entry", "app.stepping", "app.hyperparameters",
    "app.versions",
}
WITHOUT_QT = QUIET | {
    "app.atomic", "app.views", "app.export", "app.theme", "app.sheet", "app.files", "app.embedded", "app.cli", "app.parser",
    "app.progress", "app.spelling", "app.wishes", "app.batch", "app.machine", "app.reset",
    "app.launcher", "app.checkup",
}
WITHOUT_MATPLOTLIB = QUIET | {
    "app.store",
    "app.clock",
    "app.session",
    "app.panels",
    "app.help",
    "app.stage",
    "app.window",
    "app.actions",
    "app.settings",
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
    loaded = loaded_by(f"from app.cli import main; assert main(['export', '--steps', '3', '--to', {str(target)!r}]) == 0")
    assert target.stat().st_size > 10_000
    assert "PyQt6" not in loaded
    assert "matplotlib" in loaded


def test_the_shell_stands_without_matplotlib_and_nothing_heavy_is_loaded() -> None:
    loaded = loaded_by(
        "import os; os.environ['QT_QPA_PLATFORM'] = 'offscreen'\nfrom PyQt6.QtWidgets import QApplication\n"
        "a = QApplication([])\nfrom app.window import MainWindow\nw = MainWindow()"
    )
    assert "PyQt6" in loaded
    assert not loaded & {"matplotlib", "scipy", "sympy", "pandas", "imageio", "PIL"}


def test_painted_views_load_no_pyplot() -> None:
    answer = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, app.canvas, app.views, app.export, app.gestures\n"
            "print('matplotlib.pyplot' in sys.modules, 'scipy' in sys.modules)",
        ],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert answer.stdout.split() == ["False", "False"]
