"""Plot canvases and the tools that act on them with mouse and keyboard."""
