"""Loss landscapes of networks: recorded trainings, planes in parameter space, and grids of losses on them."""

from surfaces.landscape.foreign_files import read_any_landscape
from surfaces.landscape.landscape import Landscape, from_landscape, read_landscape
from surfaces.landscape.recorder import Recorder

__all__ = ["Landscape", "Recorder", "from_landscape", "read_any_landscape", "read_landscape"]
