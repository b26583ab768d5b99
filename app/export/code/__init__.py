"""The race as a script that goes through it again: for plain NumPy, PyTorch and Keras, and one that draws it.

A script is gathered from the very sources of the surface and the rules, so that what is added to the catalogue can be
exported at once. Nothing of the experiment gets into it but numbers, and text inside of strings.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from app.engine.race import Race
from app.export.code.framework_script import convert_runs, keras_script, torch_script
from app.export.code.numpy_script import numpy_script
from app.export.code.plot_script import plot_script
from app.export.options import Options
from app.utils.atomic_write import atomic_write
from app.utils.i18n import in_english

__all__ = [
    "export_keras_script",
    "keras_script",
    "export_numpy_script",
    "numpy_script",
    "export_plot_script",
    "plot_script",
    "export_torch_script",
    "torch_script",
]


def _script_exporter(script: Callable[[Race], str], framework: str = "") -> Callable[[Race, Path, Options], None]:
    def write(race: Race, path: Path, _: Options) -> None:
        if framework:
            convert_runs(race, framework)  # first, so that a refusal is in the language that is spoken
        with in_english():
            text = script(race)
        with atomic_write(path) as file:
            file.write(text)

    return write


export_numpy_script, export_plot_script = _script_exporter(numpy_script), _script_exporter(plot_script)
export_torch_script, export_keras_script = (
    _script_exporter(torch_script, "torch"),
    _script_exporter(keras_script, "keras"),
)
