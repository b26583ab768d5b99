"""Generated data of problems: points in the plane and small pictures of digits, all from Python's own random numbers.

Python keeps its sequence of random numbers from version to version, so that a problem is the same everywhere.
"""

from __future__ import annotations

import math
from random import Random

import numpy as np

Samples = tuple[np.ndarray, np.ndarray]  # inputs, shape (n, features), and classes, shape (n,)
PICTURE_SIZE = 8  # pixels
GLYPHS = {  # each row of a digit as a binary number of 4 pixels
    0: (6, 9, 9, 9, 9, 6),
    1: (2, 6, 2, 2, 2, 7),
    2: (6, 9, 1, 6, 8, 15),
    3: (14, 1, 6, 1, 1, 14),
    4: (2, 6, 10, 15, 2, 2),
    5: (15, 8, 14, 1, 1, 14),
    6: (6, 8, 14, 9, 9, 6),
    7: (15, 1, 2, 2, 4, 4),
    8: (6, 9, 6, 9, 9, 6),
    9: (6, 9, 9, 7, 1, 6),
}


def two_moons(n: int, noise: float = 0.15, seed: int = 0) -> Samples:
    """Return n points of two interleaved half circles of radius 1, with normal noise, in turn of class 0 and 1."""
    random = Random(seed)
    points = []
    for k in range(n):
        angle = math.pi * random.random()
        x, y = (math.cos(angle), math.sin(angle)) if k % 2 == 0 else (1 - math.cos(angle), 0.5 - math.sin(angle))
        points.append((x + random.gauss(0, noise) - 0.5, y + random.gauss(0, noise) - 0.25))
    return np.array(points), np.arange(n) % 2


def two_spirals(n: int, noise: float = 0.02, turns: float = 1.5, seed: int = 0) -> Samples:
    """Return n points of two spirals around each other, within about 1 of the origin, in turn of class 0 and 1.

    After Lang & Witbrock 1988, "Learning to tell two spirals apart".
    """
    random = Random(seed)
    points = []
    for k in range(n):
        radius = math.sqrt(random.uniform(0.01, 1.0))
        angle = 2 * math.pi * turns * radius + math.pi * (k % 2)
        points.append(
            (radius * math.cos(angle) + random.gauss(0, noise), radius * math.sin(angle) + random.gauss(0, noise))
        )
    return np.array(points), np.arange(n) % 2


def digit_pictures(n: int, noise: float = 0.15, seed: int = 0) -> Samples:
    """Return n pictures of digits, 8 x 8 pixels between about 0 and 1: shifted, blurred, and with normal noise.

    The classes 0 to 9 follow each other in turn.
    """
    random = Random(seed)
    pictures = np.zeros((n, PICTURE_SIZE, PICTURE_SIZE))
    for k in range(n):
        rows = GLYPHS[k % 10]
        glyph = np.array([[row >> (3 - column) & 1 for column in range(4)] for row in rows], float)
        top, left = random.randrange(PICTURE_SIZE - 5), random.randrange(1, PICTURE_SIZE - 4)
        picture = np.zeros((PICTURE_SIZE + 2, PICTURE_SIZE + 2))
        picture[top + 1 : top + 7, left + 1 : left + 5] = glyph * random.uniform(0.7, 1.0)
        blur = random.uniform(0.0, 0.12)
        neighbors = picture[:-2, 1:-1] + picture[2:, 1:-1] + picture[1:-1, :-2] + picture[1:-1, 2:]
        pictures[k] = (1 - 2 * blur) * picture[1:-1, 1:-1] + blur * neighbors
    pictures += np.array([random.gauss(0, noise) for _ in range(pictures.size)]).reshape(pictures.shape)
    return pictures.reshape(n, -1), np.arange(n) % 10


def normal_matrix(rows: int, columns: int, seed: int) -> np.ndarray:
    """Return a matrix of independent standard normal numbers."""
    random = Random(seed)
    return np.array([random.gauss(0, 1) for _ in range(rows * columns)]).reshape(rows, columns)
