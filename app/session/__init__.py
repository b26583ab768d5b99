"""The experiment store with undo, the playback clock, settings and background tasks; QtCore only."""
