"""Drawing with matplotlib that does not depend on a view: renderers, ticks, fonts and text fitting."""

from app.plotting.rc_settings import import_matplotlib

import_matplotlib()  # before any other module imports matplotlib
