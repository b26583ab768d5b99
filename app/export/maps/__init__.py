"""Export of maps: basin maps, settings maps, difference maps and rate curves, as figures and as data."""

import app.plotting  # noqa: F401 (first, because it imports matplotlib under our own settings)
