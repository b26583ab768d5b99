"""The style sheet: what a palette cannot say. Spaces are multiples of 4 pixels less the border; one ring shows the focus."""

from __future__ import annotations

from app.theming.theme import Theme
from app.utils.resources import ICONS


def sheet(theme: Theme) -> str:
    """The whole window's style in a theme."""
    return "\n".join([buttons(theme), fields(theme), sliders(theme), lists(theme), bars(theme), words(theme)])


def edged(selector: str, theme: Theme, up: int, across: int, edge: str, beside: int = 0) -> str:
    """A border with so much room within it, ``beside`` more on the right; with the focus the border becomes the ring, and nothing
    else moves."""
    rules = []
    for state, width, color in (("", theme.border, edge), (":focus", theme.ring, theme.accent)):
        room = max(up - width, 0), max(across - width, 0)
        names = ", ".join(f"{name.strip()}{state}" for name in selector.split(","))
        rules.append(
            f"{names} {{ border: {width}px solid {color}; "
            f"padding: {room[0]}px {room[1] + beside}px {room[0]}px {room[1]}px; }}"
        )
    return "\n".join(rules)


def pressed(theme: Theme) -> str:
    """How a toggle that is on looks: where the contrast is high it is filled, so that it can be told without a color."""
    back, ink = (theme.accent, theme.on_accent) if theme.border > 1 else (theme.chosen, theme.text)
    return f"background: {back}; color: {ink}; border-color: {theme.accent};"


def buttons(theme: Theme) -> str:
    over, down = theme.blend(theme.line, 0.5, theme.panel), theme.line
    if theme.border > 1:
        over, down = theme.grid, theme.grid
    off = f"color: {theme.faded}; border-color: {theme.blend(theme.edge, 0.6, theme.panel)};"
    return f"""
        QPushButton {{ background: {theme.field}; color: {theme.text}; border-radius: 4px; min-height: 16px; }}
        {edged("QPushButton", theme, 4, 12, theme.edge)}
        QPushButton:hover {{ background: {over}; }}
        QPushButton:pressed {{ background: {down}; }}
        QPushButton:default {{ border-color: {theme.accent}; }}
        QPushButton:disabled {{ {off} background: transparent; }}
        QPushButton::menu-indicator {{ image: url("{picture("chevron")}"); width: 10px; height: 10px; right: 4px;
                                       subcontrol-origin: padding; subcontrol-position: right center; }}
        QToolButton {{ border-radius: 4px; color: {theme.text}; }}
        {edged("QToolButton", theme, 6, 10, "transparent")}
        QToolButton:hover {{ background: {over}; }}
        QToolButton:pressed {{ background: {down}; }}
        QToolButton:disabled {{ color: {theme.faded}; }}
        {edged("QToolButton#toggle", theme, 5, 11, theme.edge)}
        QToolButton#toggle:checked {{ {pressed(theme)} }}
        QToolButton#play {{ background: {theme.accent}; color: {theme.on_accent}; font-weight: bold; min-width: 74px; }}
        QToolButton#play:hover {{ background: {theme.blend(theme.accent, 0.15, theme.text)}; }}
        QToolButton#play:focus {{ border-color: {theme.text}; }}
        {edged("QToolButton#reset", theme, 3, 3, "transparent")}
        QToolButton#segment {{ border-radius: 0; background: {theme.field}; }}
        {edged("QToolButton#segment", theme, 4, 11, theme.edge)}
        QToolButton#segment:checked {{ {pressed(theme)} }}
        QToolButton#toggle:checked:focus, QToolButton#segment:checked:focus {{ border-color: {theme.text}; }}
        QCheckBox, QRadioButton {{ spacing: 6px; border-radius: 4px; }}
        {edged("QCheckBox, QRadioButton", theme, 2, 3, "transparent")}
        {ticks("QCheckBox::indicator, QListView::indicator, QGroupBox::indicator", theme)}
    """


def picture(name: str) -> str:
    return (ICONS / f"{name}.svg").as_posix()


def ticks(selector: str, theme: Theme) -> str:
    """Boxes to tick: a tick as well as a color says that one is."""
    ink = "light" if theme.on_accent == "#ffffff" else "dark"

    def each(state: str) -> str:
        return ", ".join(f"{name.strip()}{state}" for name in selector.split(","))

    return f"""
        {selector} {{ width: 13px; height: 13px; border: {theme.border}px solid {theme.edge}; border-radius: 3px;
                      background: {theme.field}; }}
        {each(":hover")} {{ border-color: {theme.accent}; }}
        {each(":checked")} {{ background: {theme.accent}; border-color: {theme.accent}; image: url("{picture(f"tick-{ink}")}"); }}
        {each(":disabled")} {{ border-color: {theme.blend(theme.edge, 0.6, theme.panel)}; }}
    """


def fields(theme: Theme) -> str:
    return f"""
        QLineEdit, QAbstractSpinBox, QComboBox, QPlainTextEdit, QTextEdit {{ background: {theme.field}; color: {theme.text};
            border-radius: 4px; selection-background-color: {theme.accent}; selection-color: {theme.on_accent}; }}
        {edged("QLineEdit, QPlainTextEdit, QTextEdit", theme, 4, 5, theme.edge)}
        QLineEdit[wrong="true"] {{ border: {theme.ring}px solid {theme.warning}; }}
        QLineEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled {{ color: {theme.faded}; background: {theme.panel};
            border-color: {theme.blend(theme.edge, 0.6, theme.panel)}; }}
        {edged("QComboBox", theme, 4, 6, theme.edge)}
        QComboBox::drop-down {{ border: 0; width: 18px; }}
        QComboBox::down-arrow {{ image: url("{picture("chevron")}"); width: 12px; height: 12px; }}
        QComboBox QAbstractItemView {{ border: {theme.border}px solid {theme.edge}; background: {theme.field}; }}
        {edged("QAbstractSpinBox", theme, 4, 5, theme.edge)}
        QAbstractSpinBox > QLineEdit, QComboBox > QLineEdit {{ border: 0; padding: 0; background: transparent; }}
        QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ border: 0; width: 16px; }}
        QAbstractSpinBox::up-arrow {{ image: url("{picture("chevron-up")}"); width: 10px; height: 10px; }}
        QAbstractSpinBox::down-arrow {{ image: url("{picture("chevron")}"); width: 10px; height: 10px; }}
    """


def sliders(theme: Theme) -> str:
    off, size, shown = theme.blend(theme.edge, 0.6, theme.panel), 12, theme.ring
    return f"""
        QSlider {{ min-height: 20px; }}
        QSlider::groove:horizontal {{ height: 4px; border-radius: 2px; background: {theme.blend(theme.edge, 0.5, theme.panel)}; }}
        QSlider::sub-page:horizontal {{ border-radius: 2px; background: {theme.accent}; }}
        QSlider::handle:horizontal {{ width: {size}px; height: {size}px; margin: -4px 0; border-radius: {size // 2}px;
                                      background: {theme.accent}; }}
        QSlider::handle:horizontal:hover {{ background: {theme.blend(theme.accent, 0.2, theme.text)}; }}
        QSlider::handle:horizontal:focus {{ width: {size - 2 * shown + 4}px; height: {size - 2 * shown + 4}px; margin: -6px 0;
                                            border: {shown}px solid {theme.text}; border-radius: {size // 2 + 2}px; }}
        QSlider::sub-page:horizontal:disabled, QSlider::handle:horizontal:disabled {{ background: {off}; }}
        QProgressBar {{ border: {theme.border}px solid {theme.edge}; border-radius: 4px; background: {theme.field};
                        color: {theme.text}; text-align: center; }}
        QProgressBar::chunk {{ background: {theme.accent}; border-radius: 2px; }}
        QScrollBar {{ background: {theme.panel}; border: 0; }}
        QScrollBar:vertical {{ width: 12px; }}
        QScrollBar:horizontal {{ height: 12px; }}
        QScrollBar::handle {{ background: {theme.blend(theme.edge, 0.25, theme.panel)}; border-radius: 4px; margin: 2px; }}
        QScrollBar::handle:vertical {{ min-height: 24px; }}
        QScrollBar::handle:horizontal {{ min-width: 24px; }}
        QScrollBar::handle:hover {{ background: {theme.muted}; }}
        QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    """


def lists(theme: Theme) -> str:
    """A chosen row has a bar at its side, thicker where the contrast is high."""
    bar = 4 if theme.border > 1 else 3
    return f"""
        QListView {{ border-radius: 4px; background: {theme.field}; color: {theme.text}; outline: 0; }}
        {edged("QListView", theme, 2, 2, theme.line)}
        QListWidget::item {{ padding: 4px 2px; border-left: {bar}px solid transparent; }}
        QListWidget::item:selected {{ background: {theme.chosen}; color: {theme.text}; border-left: {bar}px solid {theme.accent}; }}
        QTableWidget {{ border: {theme.ring}px solid {theme.field}; border-top: 1px solid {theme.line};
                        gridline-color: {theme.line}; }}
        QTableWidget:focus {{ border: {theme.ring}px solid {theme.accent}; }}
        QTableWidget::item {{ padding: 0 6px; }}
        QHeaderView::section {{ background: {theme.panel}; color: {theme.muted}; border: 0; border-bottom: 1px solid {theme.line};
                                padding: 4px 6px; }}
        QTextBrowser {{ background: {theme.field}; }}
    """


def bars(theme: Theme) -> str:
    return f"""
        QToolBar {{ border: 0; border-bottom: 1px solid {theme.line}; spacing: 4px; padding: 4px 8px 0 8px; }}
        QToolBar#transport {{ border-bottom: 0; }}
        QToolBar#time {{ padding: 0 10px 1px 10px; }}
        QStatusBar {{ border-top: 1px solid {theme.line}; }}
        QStatusBar::item {{ border: 0; }}
        QMainWindow::separator {{ background: {theme.panel}; width: 5px; height: 5px; }}
        QMainWindow::separator:hover {{ background: {theme.accent}; }}
        QWidget#dock_title {{ background: {theme.panel}; }}
        QLabel#title {{ color: {theme.muted}; font-weight: bold; }}
        QToolBar#presentation {{ border: 0; border-top: 1px solid {theme.line}; }}
        QTabWidget::pane {{ border: 0; border-top: 1px solid {theme.line}; }}
        QTabBar::tab {{ color: {theme.muted}; background: transparent; border: {theme.ring}px solid transparent;
                        border-bottom: 3px solid transparent; padding: 4px 10px; }}
        QTabBar::tab:hover {{ color: {theme.text}; }}
        QTabBar::tab:selected {{ color: {theme.text}; border-bottom: 3px solid {theme.accent}; }}
        QTabBar::tab:selected:focus {{ border: {theme.ring}px solid {theme.accent}; border-bottom-width: 3px; }}
        QMenu {{ border: {theme.border}px solid {theme.edge if theme.border > 1 else theme.line}; }}
        QScrollArea {{ border: {theme.ring}px solid {theme.panel}; }}
        QScrollArea:focus {{ border-color: {theme.accent}; }}
        QWidget#popup {{ background: {theme.panel}; border: {theme.border}px solid {theme.edge}; }}
        QGroupBox {{ border: {theme.border}px solid {theme.line}; border-radius: 4px; margin-top: 10px; padding-top: 8px; }}
        QGroupBox::title {{ subcontrol-origin: margin; left: 8px; color: {theme.muted}; }}
        QDialogButtonBox, QMessageBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
    """


def words(theme: Theme) -> str:
    return f"""
        QToolTip {{ color: {theme.text}; background: {theme.field}; border: {theme.border}px solid {theme.edge}; padding: 4px; }}
        QLabel#heading {{ color: {theme.muted}; font-weight: bold; padding-top: 4px; }}
        QLabel#part {{ color: {theme.muted}; font-weight: bold; padding-top: 3px; }}
        QLabel#quiet {{ color: {theme.muted}; }}
        QLabel#wrong {{ color: {theme.warning}; }}
        QLabel#slip {{ color: {theme.warning}; background: {theme.field}; border: {theme.border}px solid {theme.warning};
                       border-radius: 4px; padding: 4px 6px; }}
        QLabel#step {{ font-size: 17px; font-weight: bold; padding: 0 6px; }}
    """
