"""Side panel in which the surface, the start point, and the runs are set up."""
