"""Qt user interface: widgets, canvases, panels, help, dialogs, and the main window."""
