"""The views, in the order of the menu. A new one is a class in a file of its own, listed here."""

from app.views.contour import Contour
from app.views.fit import Fit
from app.views.loss import Loss
from app.views.relief import Relief
from app.views.scene import Scene
from app.views.view import View

VIEWS: dict[str, type[View]] = {view.id: view for view in (Contour, Relief, Loss, Fit)}

__all__ = ["VIEWS", "Scene", "View"]
