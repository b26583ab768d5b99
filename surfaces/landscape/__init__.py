"""Loss landscapes of networks: recorded trainings, planes in parameter space, and grids of losses on them."""

from surfaces.landscape.recorder import Recorder

__all__ = ["Recorder"]
