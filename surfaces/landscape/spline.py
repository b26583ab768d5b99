"""A smooth function through the values on a grid: a bicubic spline with its exact gradient."""

from __future__ import annotations

from typing import Any

import numpy as np

MIN_LINES = 4  # in each direction, for not-a-knot ends
EDGE = 1e-9  # cells beyond the grid that rounding may cause
BLOCK = 2_000  # points at a time, so that their coefficients stay in the processor's cache
# Rows: coefficients of 1, u, u^2, u^3 on a cell [0, 1], from the values and slopes at 0 and 1 (Hermite interpolation)
HERMITE = np.array([[1.0, 0, 0, 0], [0, 0, 1, 0], [-3, 3, -2, -1], [2, -2, 1, 1]])


def slope_matrix(n: int) -> np.ndarray:
    """Return the matrix that maps n values at 0, 1, ..., n - 1 to the slopes of their cubic spline there.

    The ends are "not a knot": the third derivative is continuous at the second and the last but one point.
    Source: de Boor 1978, "A practical guide to splines", chapter IV.
    """
    left, right = np.zeros((n, n)), np.zeros((n, n))
    for i in range(1, n - 1):
        left[i, i - 1 : i + 2] = 1.0, 4.0, 1.0
        right[i, [i - 1, i + 1]] = -3.0, 3.0
    left[0, [0, 2]] = left[-1, [-3, -1]] = 1.0, -1.0
    right[0, :3] = right[-1, -3:] = -2.0, 4.0, -2.0
    return np.linalg.solve(left, right)


class BicubicSpline:
    """The bicubic spline through heights on an evenly spaced grid: ``spline(x, y)`` returns height, (slope_x, slope_y).

    Parameters
    ----------
    xs, ys : ndarray, shape (nx,) and (ny,)
        Rising, evenly spaced; at least 4 of each.
    heights : ndarray, shape (ny, nx)
        nan where unknown; cells next to such a point are unknown.

    Notes
    -----
    Floats outside the grid and in unknown cells raise ArithmeticError; arrays have nan there. Complex arrays are
    allowed, for differentiation by a complex step.
    """

    def __init__(self, xs: np.ndarray, ys: np.ndarray, heights: np.ndarray) -> None:
        self.nx, self.ny = len(xs) - 1, len(ys) - 1  # cells
        self.x0, self.y0 = float(xs[0]), float(ys[0])
        self.x_scale, self.y_scale = self.nx / float(xs[-1] - xs[0]), self.ny / float(ys[-1] - ys[0])
        unknown = np.isnan(heights)
        corners = unknown[:-1, :-1] | unknown[:-1, 1:] | unknown[1:, :-1] | unknown[1:, 1:]
        table = self._coefficients(np.where(unknown, heights[~unknown].mean(), heights))
        table[corners] = np.nan
        self.cells = [tuple(row) for row in table.reshape(-1, 16).tolist()]
        self.columns = np.ascontiguousarray(table.reshape(-1, 16).T)

    def _coefficients(self, heights: np.ndarray) -> np.ndarray:
        """Return the coefficients of every cell, shape (ny, nx, 4, 4): powers of v, then of u."""
        slopes_x, slopes_y = heights @ slope_matrix(self.nx + 1).T, slope_matrix(self.ny + 1) @ heights
        twists = slope_matrix(self.ny + 1) @ slopes_x

        def corners(values: np.ndarray) -> np.ndarray:
            return np.array([[values[:-1, :-1], values[:-1, 1:]], [values[1:, :-1], values[1:, 1:]]])

        known = np.concatenate(
            [
                np.concatenate([corners(heights), corners(slopes_x)], axis=1),
                np.concatenate([corners(slopes_y), corners(twists)], axis=1),
            ]
        )
        result: np.ndarray = np.einsum("ai,ijyx,bj->yxab", HERMITE, known, HERMITE)
        return result

    def __call__(self, x: Any, y: Any) -> tuple[Any, tuple[Any, Any]]:
        """Return height and slopes at floats, or at arrays of one shape."""
        return self._at_float(x, y) if x.__class__ is float and y.__class__ is float else self._at_arrays(x, y)

    def _at_float(self, x: float, y: float) -> tuple[float, tuple[float, float]]:
        u, v = (x - self.x0) * self.x_scale, (y - self.y0) * self.y_scale
        nx, ny = self.nx, self.ny
        if not (-EDGE <= u <= nx + EDGE and -EDGE <= v <= ny + EDGE):
            raise ArithmeticError("outside the grid")
        i, j = int(u), int(v)
        if i >= nx:
            i = nx - 1
        if j >= ny:
            j = ny - 1
        u -= i
        v -= j
        a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3, d0, d1, d2, d3 = self.cells[j * nx + i]
        p = ((d0 * v + c0) * v + b0) * v + a0  # the coefficients of the powers of u at v
        q = ((d1 * v + c1) * v + b1) * v + a1
        r = ((d2 * v + c2) * v + b2) * v + a2
        s = ((d3 * v + c3) * v + b3) * v + a3
        w, k = 2.0 * v, 3.0 * v * v
        slope_y = (((k * d3 + w * c3 + b3) * u + k * d2 + w * c2 + b2) * u + k * d1 + w * c1 + b1) * u
        height = ((s * u + r) * u + q) * u + p
        if height != height:
            raise ArithmeticError("the height is not known here")
        return height, (
            ((3.0 * s * u + 2.0 * r) * u + q) * self.x_scale,
            (slope_y + k * d0 + w * c0 + b0) * self.y_scale,
        )

    def _at_arrays(self, x: Any, y: Any) -> tuple[Any, tuple[Any, Any]]:
        x, y = np.broadcast_arrays(x, y)
        shape, x, y = x.shape, x.ravel(), y.ravel()
        result = np.empty((3, x.size), np.result_type(x, y, float))
        for low in range(0, x.size, BLOCK):
            block = slice(low, low + BLOCK)
            result[:, block] = self._at_block(x[block], y[block])
        height, slope_x, slope_y = result.reshape(3, *shape)
        return height, (slope_x, slope_y)

    def _at_block(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        u, v = (x - self.x0) * self.x_scale, (y - self.y0) * self.y_scale
        inside = (u.real >= -EDGE) & (u.real <= self.nx + EDGE) & (v.real >= -EDGE) & (v.real <= self.ny + EDGE)
        outside = ~inside
        u, v = np.where(outside, np.nan, u), np.where(outside, np.nan, v)
        i = np.clip(np.where(outside, 0, u.real), 0, self.nx - 1).astype(np.intp)
        j = np.clip(np.where(outside, 0, v.real), 0, self.ny - 1).astype(np.intp)
        u, v = u - i, v - j
        rows = self.columns.take(j * self.nx + i, axis=1).reshape(4, 4, -1)
        along_u = ((rows[3] * v + rows[2]) * v + rows[1]) * v + rows[0]
        slopes = (3 * rows[3] * v + 2 * rows[2]) * v + rows[1]
        height = ((along_u[3] * u + along_u[2]) * u + along_u[1]) * u + along_u[0]
        slope_x = (3 * along_u[3] * u + 2 * along_u[2]) * u + along_u[1]
        slope_y = ((slopes[3] * u + slopes[2]) * u + slopes[1]) * u + slopes[0]
        return height, slope_x * self.x_scale, slope_y * self.y_scale
