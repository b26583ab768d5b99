"""The views, in the order of the menu. To add one, write a class in its own module and list it in ``VIEWS``."""

import app.plotting  # noqa: F401 (first, because it imports matplotlib under our own settings)
from app.views.base_view import View
from app.views.contour_view import ContourView
from app.views.curve_view import CurveView
from app.views.difference_map_view import DifferenceMapView
from app.views.fit_view import FitView
from app.views.loss_view import LossView
from app.views.map_view import MapView
from app.views.rate_curve_view import RateCurveView
from app.views.scene import Scene
from app.views.settings_map_view import SettingsMapView
from app.views.surface_view import SurfaceView

MAIN_VIEWS = (ContourView.id, CurveView.id)  # shows the surface as a whole; one of them applies to any surface
MAP_VIEWS: dict[str, type[MapView]] = {view.id: view for view in (SettingsMapView, RateCurveView, DifferenceMapView)}
VIEWS: dict[str, type[View]] = {
    **{view.id: view for view in (ContourView, SurfaceView, LossView, FitView, CurveView)},
    **MAP_VIEWS,
}

__all__ = ["MAIN_VIEWS", "MAP_VIEWS", "VIEWS", "MapView", "Scene", "View"]
