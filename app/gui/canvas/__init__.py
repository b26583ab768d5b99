"""Plot canvases and the tools that act on them with mouse and keyboard."""

import app.plotting  # noqa: F401 (first, because it imports matplotlib under our own settings)
