"""The colormaps of surfaces in a theme."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import Colormap, ListedColormap, to_rgb

from app.theming.theme import Theme


@lru_cache(maxsize=16)
def surface_colormap(theme: Theme, name: str) -> Colormap:
    """Return a colormap, from low to high loss, blended toward a plain color of the theme so that paths stand out."""
    colors = colormaps[name](np.linspace(0.06, 1, 256))[:, :3]
    mixed = colors * (1 - theme.colormap_mix) + np.array(to_rgb(theme.colormap_target)) * theme.colormap_mix
    return ListedColormap(mixed, name=f"thalweg {name} {theme.name}")
