"""Which package may import which, and what must not be loaded."""

from __future__ import annotations

import ast
import re
import sys
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.processes import ROOT, loaded_by

# A package may import itself and the packages before it. Packages of one row do not import each other.
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
WINDOW_MODULES = ("app.gui.window.main_window", "app.gui.window.application")
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
    """Return the entry of ORDER that a module belongs to; empty for ``app``, ``app.gui`` and third-party modules."""
    return next((package for package in LEVEL if module == package or module.startswith(package + ".")), "")


@cache
def parse(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


@cache
def imports(module: str) -> frozenset[str]:
    """Return the modules that a module imports, also inside functions and conditions."""
    imported: set[str] = set()
    for node in ast.walk(parse(module)):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: relative import in line {node.lineno}"
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            imported |= {name if name in MODULES else str(node.module) for name in names}
    return frozenset(imported)


def libraries(module: str) -> set[str]:
    """Return the top-level packages that a module imports."""
    return {name.partition(".")[0] for name in imports(module)}


def identifiers(module: str) -> set[str]:
    """Return the names that a module uses, also as attributes, in imports and in quoted annotations."""
    used_names: set[str] = set()
    for node in ast.walk(parse(module)):
        if isinstance(node, ast.Name):
            used_names.add(node.id)
        elif isinstance(node, ast.Attribute):
            used_names.add(node.attr)
        elif isinstance(node, ast.alias):
            used_names.add(node.name)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 100:
            used_names |= set(re.findall(r"\w+", node.value))
    return used_names


def test_every_module_belongs_to_a_package_of_the_order() -> None:
    assert {name for name in MODULES if not package_of(name)} <= {"app", "app.gui"}
    assert set(LEVEL) <= {package_of(name) for name in MODULES}


@pytest.mark.slow
def test_a_package_imports_only_packages_before_it() -> None:
    wrong = [
        f"{module} imports {name}"
        for module in MODULES
        for name in sorted(imports(module))
        if (own := package_of(module)) and (other := package_of(name)) and other != own and LEVEL[other] >= LEVEL[own]
    ]
    assert not wrong, "\n".join(wrong)


def test_qt_and_matplotlib_are_imported_only_where_they_belong() -> None:
    wrong = []
    for module in MODULES:
        package, imported = package_of(module), libraries(module)
        if "PyQt6" in imported and not package.startswith(("app.session", "app.gui")):
            wrong.append(f"{module} imports PyQt6")
        if "matplotlib" in imported and not package.startswith(("app.plotting", "app.views", "app.export", "app.gui")):
            wrong.append(f"{module} imports matplotlib")
        if package in ("optimizers", "surfaces"):
            others = imported - set(sys.stdlib_module_names) - {"numpy", package}
            wrong += [f"{module} imports {name}" for name in sorted(others)]
    assert not wrong, "\n".join(wrong)


def test_matplotlib_is_imported_under_the_settings_of_the_program() -> None:
    """A module that imports matplotlib when it is loaded imports ``app.plotting`` before, or its package does."""
    for module in MODULES:
        if "matplotlib" not in libraries(module) or package_of(module) == "app.plotting":
            continue
        names = [
            alias.name if isinstance(node, ast.Import) else str(node.module)
            for node in parse(module).body
            if isinstance(node, (ast.Import, ast.ImportFrom))
            for alias in node.names
        ]
        before = names[: next(k for k, name in enumerate(names) if name.startswith("matplotlib"))]
        assert "app.plotting" in [*before, *imports(module.rpartition(".")[0])], module


def test_no_import_is_only_for_type_checking() -> None:
    wrong = [module for module in MODULES if "TYPE_CHECKING" in identifiers(module)]
    assert not wrong, "\n".join(wrong)


def test_only_the_window_itself_names_the_main_window() -> None:
    others = [module for module in MODULES if module not in WINDOW_MODULES]
    wrong = [module for module in others if "MainWindow" in identifiers(module)]
    assert not wrong, "\n".join(wrong)


def test_there_are_no_import_cycles() -> None:
    graph = {name: (imports(name) & MODULES.keys()) - {name} for name in MODULES}
    TopologicalSorter(graph).prepare()


@pytest.mark.slow
def test_export_loads_no_qt(tmp_path: Path) -> None:
    target = tmp_path / "a.png"
    loaded = loaded_by(
        f"from app.cli.main import main; assert main(['export', '--steps', '3', '--to', {str(target)!r}]) == 0"
    )
    assert target.stat().st_size > 10_000
    assert "PyQt6" not in loaded
    assert "matplotlib" in loaded


@pytest.mark.slow
def test_the_window_opens_without_matplotlib_and_other_slow_libraries() -> None:
    loaded = loaded_by(
        "import os; os.environ['QT_QPA_PLATFORM'] = 'offscreen'\nfrom PyQt6.QtWidgets import QApplication\n"
        "a = QApplication([])\nfrom app.gui.window.main_window import MainWindow\nw = MainWindow()\n"
        "import sys; print(*sys.modules)"
    )
    assert "PyQt6" in loaded
    assert not loaded & {"matplotlib", "scipy", "sympy", "pandas", "imageio", "PIL"}
    assert not loaded & {
        "difflib",
        "app.gui.panels.step.step_panel",
        "surfaces.formula.parser",
        "surfaces.formula.code",
        "surfaces.data_file",
        "surfaces.landscape.recorder",
        "app.gui.panels.lesson.lesson_panel",
        "app.gui.panels.start_page",
        "app.io.lesson_files",
        "app.model.lesson",
        "app.session.lesson_session",
    }


@pytest.mark.slow
def test_plots_load_no_pyplot() -> None:
    code = (
        "import sys, app.gui.canvas.plot_canvas, app.views, app.export.formats\n"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    assert "scipy" not in loaded_by(code)
