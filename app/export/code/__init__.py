"""The race as a script that goes through it again: for plain NumPy, PyTorch and Keras, and one that draws it.

A script is gathered from the very sources of the surface and the rules, so that what is added to the catalogue can be
exported at once. Nothing of the experiment gets into it but numbers, and text inside of strings.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from app.engine.race import Race
from app.export.code.framework_script import counterparts_of, keras_script, torch_script
from app.export.code.numpy_script import numpy_script
from app.export.code.plot_script import plot_script
from app.export.options import Options
from app.utils.atomic_write import replacing
from app.utils.i18n import in_english

__all__ = [
    "keras_code",
    "keras_script",
    "numpy_code",
    "numpy_script",
    "plot_code",
    "plot_script",
    "torch_code",
    "torch_script",
]


def _file(script: Callable[[Race], str], framework: str = "") -> Callable[[Race, Path, Options], None]:
    def write(race: Race, path: Path, _: Options) -> None:
        if framework:
            counterparts_of(race, framework)  # first, so that a refusal is in the language that is spoken
        with in_english():
            text = script(race)
        with replacing(path) as file:
            file.write(text)

    return write


numpy_code, plot_code = _file(numpy_script), _file(plot_script)
torch_code, keras_code = _file(torch_script, "torch"), _file(keras_script, "keras")
