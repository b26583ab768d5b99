"""Record a training for Thalweg. This file needs nothing but numpy, so that it can be copied beside a training script.

from surfaces.landscape import Recorder  # or, from a copy of this file: from recorder import Recorder

record = Recorder("run.npz", every=10, data=(inputs, targets))
record(0, model)
for step in range(1, steps + 1):
    ...
    record(step, model, loss)
record.landscape(lambda model: loss_on_all_data(model))
"""

from __future__ import annotations

import atexit
import json
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

FORMAT = 1
MIN_SNAPSHOTS = 3


def named_arrays(model: Any) -> list[tuple[str, np.ndarray]]:
    """Return names and values of the trainable arrays of a model.

    ``model`` is a Keras model, a PyTorch module, an estimator of scikit-learn, an array, or a tree of dicts, lists and
    tuples of arrays. No framework is imported.
    """
    if hasattr(model, "trainable_variables"):  # before PyTorch: with its backend a Keras model is also a module
        return [(str(getattr(v, "path", None) or v.name), _to_numpy(v)) for v in model.trainable_variables]
    if hasattr(model, "named_parameters"):
        return [(name, _to_numpy(p)) for name, p in model.named_parameters() if p.requires_grad]
    if hasattr(model, "coefs_"):
        return [(f"{kind}.{k}", a) for kind in ("coefs_", "intercepts_") for k, a in enumerate(getattr(model, kind))]
    if hasattr(model, "coef_"):
        return [("coef_", np.asarray(model.coef_)), ("intercept_", np.atleast_1d(model.intercept_))]
    return [(path, np.asarray(leaf)) for path, leaf in _leaves(model)]


def _to_numpy(array: Any) -> np.ndarray:
    if hasattr(array, "detach"):  # PyTorch; numpy has no half precision with 8 bits of exponent
        array = array.detach().cpu()
        return np.asarray(array.double() if array.element_size() == 8 else array.float())
    return np.asarray(array.numpy() if hasattr(array, "numpy") else array)


def to_float(loss: Any) -> float:
    """Return the loss, which may be a tensor of a framework, as a float."""
    return float(loss.detach() if hasattr(loss, "detach") else loss)


def _leaves(tree: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the leaves of a tree with their paths, the keys of a dict sorted as in JAX."""
    if isinstance(tree, Mapping):
        for key in sorted(tree):
            yield from _leaves(tree[key], f"{path}.{key}" if path else str(key))
    elif isinstance(tree, (list, tuple)):
        for k, child in enumerate(tree):
            yield from _leaves(child, f"{path}.{k}" if path else str(k))
    elif tree is not None:
        yield path or "parameters", tree


def with_values(model: Any, values: Iterator[np.ndarray]) -> Any:
    """Return the model with other values: the same object if it is changed in place, otherwise a new tree."""
    if hasattr(model, "trainable_variables"):
        for variable in model.trainable_variables:
            variable.assign(next(values))
    elif hasattr(model, "named_parameters"):
        for _, parameter in model.named_parameters():
            if parameter.requires_grad:
                parameter.data.copy_(sys.modules["torch"].from_numpy(next(values)))
    elif hasattr(model, "coefs_") or hasattr(model, "coef_"):
        groups = ("coefs_", "intercepts_") if hasattr(model, "coefs_") else ()
        for array in [a for kind in groups for a in getattr(model, kind)] or [model.coef_, model.intercept_]:
            array[...] = next(values)
    else:
        return tree_with_values(model, values)
    return model


def tree_with_values(tree: Any, values: Iterator[np.ndarray]) -> Any:
    """Return a tree of the same form, of dicts, lists and tuples, with other arrays, in the order of its leaves."""
    if isinstance(tree, Mapping):
        children = {key: tree_with_values(tree[key], values) for key in sorted(tree)}
        return type(tree)({key: children[key] for key in tree})  # type: ignore[call-arg]
    if isinstance(tree, (list, tuple)):
        parts = [tree_with_values(child, values) for child in tree]
        return type(tree)(*parts) if hasattr(tree, "_fields") else type(tree)(parts)
    return None if tree is None else next(values)


def split_parameters(
    parameters: np.ndarray, shapes: Sequence[tuple[int, ...]], dtype: np.dtype[Any]
) -> Iterator[np.ndarray]:
    """Yield the arrays of the model that a vector of all parameters consists of."""
    low = 0
    for shape in shapes:
        high = low + int(np.prod(shape))
        yield parameters[low:high].reshape(shape).astype(dtype)
        low = high


class TrainingStopped(BaseException):  # no Exception, which a training may catch
    """Raised by the first step of a recorder that stops at once, with the model."""

    def __init__(self, model: Any) -> None:
        super().__init__("the training is run only for its loss")
        self.model = model


class Recorder:
    """Keep snapshots of the parameters of a model while it is trained, and write them to one ``.npz`` file.

    Parameters
    ----------
    path : str or Path
        The file, written by ``close``, ``landscape``, at the end of a ``with`` block or of the program, also after
        Ctrl+C.
    every : int
        Take a snapshot when the step is a multiple of this.
    keep : int
        The largest number of snapshots, at least 3. When it is reached, every second one is dropped and ``every``
        doubles.
    max_megabytes : float
        The memory for snapshots; ``keep`` is reduced to fit.
    data : tuple of two arrays, optional
        All inputs and targets on which the loss of a landscape is computed. With them, a small network of fully
        connected layers can be trained in Thalweg, from its first snapshot.

    Raises
    ------
    ValueError
        If an argument is out of range, or if three snapshots need more memory than ``max_megabytes``.
    """

    stops_at_once = False  # set by "thalweg landscape", which runs a training only for its model and loss

    def __init__(
        self,
        path: str | os.PathLike[str],
        every: int = 1,
        keep: int = 200,
        max_megabytes: float = 512,
        data: tuple[Any, Any] | None = None,
    ) -> None:
        if every < 1 or keep < MIN_SNAPSHOTS:
            raise ValueError(f"every must be at least 1 and keep at least {MIN_SNAPSHOTS}")
        self.path, self.every, self.keep, self.max_megabytes = Path(path), every, keep, max_megabytes
        self.steps: list[int] = []
        self.losses: list[float] = []
        self.snapshots: list[np.ndarray] = []
        self.names: list[str] = []
        self.shapes: list[tuple[int, ...]] = []
        self.outputs_first = False  # whether the first axis of a weight array counts the outputs, as in PyTorch
        self.dtype: np.dtype[Any] = np.dtype(np.float32)
        self.data = None if data is None else (_to_numpy(data[0]), _to_numpy(data[1]))
        self._latest: tuple[int, Any, Any] | None = None
        self._landscape: dict[str, Any] = {}
        self._is_registered = False  # to write the file at the end of the program

    def __call__(self, step: int, model: Any, loss: Any = float("nan")) -> None:
        """Record a step if it is due; the last step is recorded in any case when the file is written."""
        if self.stops_at_once:
            raise TrainingStopped(model)
        if self._latest is not None and step <= self._latest[0]:
            warnings.warn(
                f"step {step} after step {self._latest[0]} is not recorded; count the steps over all epochs",
                stacklevel=2,
            )
            return
        if not self.snapshots:
            self._begin(model)
        self._latest = step, model, loss
        if not self._is_registered:
            atexit.register(self.close)
            self._is_registered = True
        if not self.snapshots or step % self.every == 0:
            self._take_snapshot()

    def _begin(self, model: Any) -> None:
        arrays = named_arrays(model)
        self.names, self.shapes = [name for name, _ in arrays], [array.shape for _, array in arrays]
        if any(array.dtype == np.float64 for _, array in arrays):
            self.dtype = np.dtype(np.float64)
        size = sum(array.size for _, array in arrays)
        if size < 2:
            raise ValueError("the model must have at least two trainable parameters")
        self.keep = min(self.keep, int(self.max_megabytes * 2**20 // (size * self.dtype.itemsize)))
        if self.keep < MIN_SNAPSHOTS:
            needed = -(-MIN_SNAPSHOTS * size * self.dtype.itemsize // 2**20)
            raise ValueError(f"{size:,} parameters need max_megabytes of at least {needed}")
        self.outputs_first = hasattr(model, "named_parameters") and not hasattr(model, "trainable_variables")
        if any("running_mean" in name for name, _ in getattr(model, "named_buffers", tuple)()) or any(
            type(layer).__name__ == "BatchNormalization" for layer in getattr(model, "layers", ())
        ):
            warnings.warn("the averages of batch normalization are not parameters and are not recorded", stacklevel=3)

    def _take_snapshot(self) -> None:
        assert self._latest is not None
        step, model, loss = self._latest
        if len(self.snapshots) == self.keep:
            self.every *= 2
            kept = [k for k, known in enumerate(self.steps) if k == 0 or known % self.every == 0]
            self.steps, self.losses = [self.steps[k] for k in kept], [self.losses[k] for k in kept]
            self.snapshots = [self.snapshots[k] for k in kept]
            if step % self.every:
                return
        arrays = [array.ravel() for _, array in named_arrays(model)]
        self.snapshots.append(np.concatenate(arrays, dtype=self.dtype, casting="same_kind"))
        self.steps.append(step)
        self.losses.append(to_float(loss))

    def close(self) -> None:
        """Write the file; later steps are recorded and written by another call."""
        if self._latest is None:
            return
        self._take_last_snapshot()
        columns: dict[str, Any] = {
            "recorded_steps": self.steps,
            "recorded_losses": self.losses,
            "snapshots": self.snapshots,
        }
        if self.data is not None:
            columns |= {"data_inputs": self.data[0], "data_targets": self.data[1]}
        layout = {"names": self.names, "shapes": self.shapes, "outputs_first": self.outputs_first}
        partial = self.path.with_name(f"{self.path.name}.part")
        with open(partial, "wb") as file:
            np.savez(file, thalweg_recording=FORMAT, layout=json.dumps(layout), **columns, **self._landscape)
        partial.replace(self.path)
        atexit.unregister(self.close)
        self._is_registered = False

    def _take_last_snapshot(self) -> None:
        assert self._latest is not None
        if self.steps[-1] != self._latest[0]:
            if len(self.snapshots) == self.keep:  # make room without thinning once more
                for column in (self.steps, self.losses, self.snapshots):
                    del column[-1]
            self._take_snapshot()

    def landscape(
        self, loss_of: Callable[[Any], Any], grid: int = 65, progress: Callable[[float], object] | None = None
    ) -> None:
        """Compute the loss on the plane through start and end, and write it to the file with the recording.

        Parameters
        ----------
        loss_of : callable
            Takes the model and returns its loss, on the same data at every call. A model of a framework is changed in
            place while it is evaluated and has its parameters back afterwards; a tree of arrays is passed as a new one.
        grid : int
            Grid lines in each direction.
        progress : callable, optional
            Takes the share that is done, between 0 and 1; by default the share and the time left are written to
            standard error if that is a terminal.

        Raises
        ------
        ValueError
            If the parameters did not change, or the loss is not finite or differs between two evaluations.

        Notes
        -----
        Ctrl+C leaves a file with what is computed so far, from coarse to fine.
        """
        try:
            from surfaces.landscape.loss_grid import compute_loss_grid
            from surfaces.landscape.network_arrays import rebuilt_arrays
            from surfaces.landscape.planes import plane_through_ends
            from surfaces.landscape.terminal_progress import terminal_progress
        except ImportError:
            raise ImportError('install thalweg to compute the landscape, or use "thalweg landscape" later') from None
        if self._latest is None:
            raise ValueError("nothing is recorded; call the recorder in the training loop first")
        self._take_last_snapshot()
        model, snapshots = self._latest[1], np.array(self.snapshots)
        plane, report = plane_through_ends(snapshots), progress or terminal_progress()

        def loss(parameters: np.ndarray) -> float:
            return to_float(loss_of(with_values(model, split_parameters(parameters, self.shapes, self.dtype))))

        result = None
        try:
            for share, known in compute_loss_grid(loss, plane, snapshots, np.array(self.steps), grid):
                result = known
                report(share)
        finally:
            with_values(model, split_parameters(snapshots[-1], self.shapes, self.dtype))
            if result is not None:
                network = rebuilt_arrays(self.shapes, self.outputs_first, self.data, snapshots, result)
                self._landscape = {**result.to_arrays(), **network}
            self.close()

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
