"""Drawing with matplotlib that does not depend on a view: renderers, ticks, fonts and text fitting."""
