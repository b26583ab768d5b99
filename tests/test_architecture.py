"""Which package may import which, and what must not be loaded."""

from __future__ import annotations

import ast
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.processes import ROOT, loaded_by

# A package may import itself and what stands before it. Packages of one row do not know each other.
ORDER = [
    ("optimizers", "surfaces"),
    ("app.utils",),
    ("app.system",),
    ("app.model",),
    ("app.io",),
    ("app.engine",),
    ("app.analysis",),
    ("app.theming",),
    ("app.plotting",),
    ("app.views",),
    ("app.export",),
    ("app.session",),
    ("app.gui.widgets",),
    ("app.gui.canvas",),
    ("app.gui.panels",),
    ("app.gui.help",),
    ("app.gui.dialogs",),
    ("app.gui.window",),
    ("app.cli",),
    ("app.__main__",),
]
LEVEL = {package: level for level, packages in enumerate(ORDER) for package in packages}
TEMPLATES = ROOT / "app" / "export" / "code" / "templates"  # text for exported scripts, never imported
FILES = sorted(
    path
    for top in ("optimizers", "surfaces", "app")
    for path in (ROOT / top).rglob("*.py")
    if TEMPLATES not in path.parents
)


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in FILES}


def package_of(module: str) -> str:
    """The entry of ORDER that a module lies under; empty for ``app`` itself, ``app.gui`` and other people's modules."""
    return next((package for package in LEVEL if module == package or module.startswith(package + ".")), "")


def imports(path: Path, *, nested: bool) -> set[str]:
    """The modules that a file imports at its top level, with ``nested`` also inside functions and conditions."""
    tree = ast.parse(path.read_text())
    found: set[str] = set()
    for node in ast.walk(tree) if nested else tree.body:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module_name(path)}: relative import in line {node.lineno}"
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in MODULES else str(node.module) for name in names}
    return found


def top_levels(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imports(path, nested=True)}


def test_every_module_lies_in_a_package_of_the_order() -> None:
    assert {name for name in MODULES if not package_of(name)} <= {"app", "app.gui"}
    assert set(LEVEL) <= {package_of(name) for name in MODULES}


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_a_package_imports_only_what_stands_before_it(path: Path) -> None:
    own = package_of(module_name(path))
    for name in imports(path, nested=True):
        other = package_of(name)
        if own and other and other != own:
            assert LEVEL[other] < LEVEL[own], f"{module_name(path)} imports {name}"


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_toolkits_are_imported_only_where_they_belong(path: Path) -> None:
    package, libraries = package_of(module_name(path)), top_levels(path)
    if not package.startswith(("app.session", "app.gui")):
        assert "PyQt6" not in libraries
    if not package.startswith(("app.plotting", "app.views", "app.export", "app.gui")):
        assert "matplotlib" not in libraries
    if package in ("optimizers", "surfaces"):
        assert libraries <= set(sys.stdlib_module_names) | {"numpy", package}


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_no_import_is_for_typing_alone_and_only_the_window_package_names_the_main_window(path: Path) -> None:
    names = {node.id for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Name)}
    assert "TYPE_CHECKING" not in names
    if module_name(path) not in ("app.gui.window.main_window", "app.gui.window.application"):
        assert "MainWindow" not in names


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = {name: (imports(path, nested=True) & MODULES.keys()) - {name} for name, path in MODULES.items()}
    TopologicalSorter(graph).prepare()


def test_export_loads_no_qt(tmp_path: Path) -> None:
    target = tmp_path / "a.png"
    loaded = loaded_by(
        f"from app.cli.main import main; assert main(['export', '--steps', '3', '--to', {str(target)!r}]) == 0"
    )
    assert target.stat().st_size > 10_000
    assert "PyQt6" not in loaded
    assert "matplotlib" in loaded


def test_the_window_opens_without_matplotlib_and_other_slow_libraries() -> None:
    loaded = loaded_by(
        "import os; os.environ['QT_QPA_PLATFORM'] = 'offscreen'\nfrom PyQt6.QtWidgets import QApplication\n"
        "a = QApplication([])\nfrom app.gui.window.main_window import MainWindow\nw = MainWindow()"
    )
    assert "PyQt6" in loaded
    assert not loaded & {"matplotlib", "scipy", "sympy", "pandas", "imageio", "PIL"}


def test_plots_load_no_pyplot() -> None:
    code = "import sys, app.gui.canvas.plot_canvas, app.views, app.export.formats\nassert 'matplotlib.pyplot' not in sys.modules"
    assert "scipy" not in loaded_by(code)
