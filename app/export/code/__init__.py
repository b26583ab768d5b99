"""Export of a race as a script that computes it again with NumPy, PyTorch or Keras, or draws it with matplotlib.

A script is assembled from the source code of the surface and the optimizers, so that new ones can be exported without
further code. From the experiment it contains only numbers, and text inside string literals.
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
    "export_numpy_script",
    "export_plot_script",
    "export_torch_script",
    "keras_script",
    "numpy_script",
    "plot_script",
    "torch_script",
]


def _script_exporter(script: Callable[[Race], str], framework: str = "") -> Callable[[Race, Path, Options], None]:
    def write(race: Race, path: Path, _: Options) -> None:
        if framework:
            convert_runs(
                race, framework
            )  # first: its error message is in the language of the window, the script in English
        with in_english():
            text = script(race)
        with atomic_write(path) as file:
            file.write(text)

    return write


export_numpy_script = _script_exporter(numpy_script)
export_plot_script = _script_exporter(plot_script)
export_torch_script = _script_exporter(torch_script, "torch")
export_keras_script = _script_exporter(keras_script, "keras")
