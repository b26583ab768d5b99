"""The Qt style sheet of the window, for what a palette cannot describe.

Border plus padding is mostly a multiple of 4 pixels. The focus is shown by a ring that replaces the border.
"""

from __future__ import annotations

from app.theming.theme import Theme
from app.utils.resources import ICONS


def build_stylesheet(theme: Theme) -> str:
    """Return the style sheet of the window for a theme."""
    return "\n".join(
        [
            _button_rules(theme),
            _input_rules(theme),
            _slider_rules(theme),
            _list_rules(theme),
            _bar_rules(theme),
            _label_rules(theme),
        ]
    )


def _border_rules(
    selector: str, theme: Theme, vertical: int, horizontal: int, border_color: str, extra_right: int = 0
) -> str:
    """Return a border and padding, together ``vertical`` and ``horizontal`` pixels, plus ``extra_right`` at the right.

    With the focus the border becomes the focus ring, and the padding shrinks so that nothing moves.
    """
    rules = []
    for state, width, color in (
        ("", theme.border_width, border_color),
        (":focus", theme.focus_ring_width, theme.accent),
    ):
        padding = max(vertical - width, 0), max(horizontal - width, 0)
        selectors = ", ".join(f"{name.strip()}{state}" for name in selector.split(","))
        rules.append(
            f"{selectors} {{ border: {width}px solid {color}; "
            f"padding: {padding[0]}px {padding[1] + extra_right}px {padding[0]}px {padding[1]}px; }}"
        )
    return "\n".join(rules)


def _checked_rules(theme: Theme) -> str:
    """Return the look of a checked toggle; in high contrast it is filled, so that it does not depend on hue."""
    background, foreground = (
        (theme.accent, theme.on_accent) if theme.border_width > 1 else (theme.selected_background, theme.text)
    )
    return f"background: {background}; color: {foreground}; border-color: {theme.accent};"


def _faint_border(theme: Theme) -> str:
    return theme.blend(theme.control_border, 0.6, theme.panel_background)


def _button_rules(theme: Theme) -> str:
    hover_color, pressed_color = theme.blend(theme.divider, 0.5, theme.panel_background), theme.divider
    if theme.border_width > 1:
        hover_color, pressed_color = theme.grid_color, theme.grid_color
    disabled_rules = f"color: {theme.disabled_text}; border-color: {_faint_border(theme)};"
    return f"""
        QPushButton {{ background: {theme.input_background}; color: {theme.text}; border-radius: 4px;
                       min-height: 16px; }}
        {_border_rules("QPushButton", theme, 4, 12, theme.control_border)}
        QPushButton:hover {{ background: {hover_color}; }}
        QPushButton:pressed {{ background: {pressed_color}; }}
        QPushButton:default {{ border-color: {theme.accent}; }}
        QPushButton:disabled {{ {disabled_rules} background: transparent; }}
        QPushButton::menu-indicator {{ image: url("{_icon_path("chevron")}"); width: 10px; height: 10px; right: 4px;
                                       subcontrol-origin: padding; subcontrol-position: right center; }}
        QToolButton {{ border-radius: 4px; color: {theme.text}; }}
        {_border_rules("QToolButton", theme, 6, 10, "transparent")}
        QToolButton:hover {{ background: {hover_color}; }}
        QToolButton:pressed {{ background: {pressed_color}; }}
        QToolButton:disabled {{ color: {theme.disabled_text}; }}
        {_border_rules("QToolButton#toggle", theme, 5, 11, theme.control_border)}
        QToolButton#toggle:checked {{ {_checked_rules(theme)} }}
        QToolButton#play {{ background: {theme.accent}; color: {theme.on_accent}; font-weight: bold; min-width: 74px; }}
        QToolButton#play:hover {{ background: {theme.blend(theme.accent, 0.15, theme.text)}; }}
        QToolButton#play:disabled {{ background: {theme.divider}; color: {theme.disabled_text}; }}
        QToolButton#play:focus {{ border-color: {theme.text}; }}
        {_border_rules("QToolButton#reset", theme, 3, 3, "transparent")}
        QToolButton#segment {{ border-radius: 0; background: {theme.input_background}; }}
        {_border_rules("QToolButton#segment", theme, 4, 11, theme.control_border)}
        QToolButton#segment:checked {{ {_checked_rules(theme)} }}
        QToolButton#toggle:checked:focus, QToolButton#segment:checked:focus {{ border-color: {theme.text}; }}
        QCheckBox, QRadioButton {{ spacing: 6px; border-radius: 4px; }}
        {_border_rules("QCheckBox, QRadioButton", theme, 2, 3, "transparent")}
        {_check_box_rules("QCheckBox::indicator, QListView::indicator, QGroupBox::indicator", theme)}
        {_radio_button_rules(theme)}
    """


def _icon_path(name: str) -> str:
    return (ICONS / f"{name}.svg").as_posix()


def _check_box_rules(selector: str, theme: Theme) -> str:
    """Return the look of check boxes; a checked one has a tick besides the color."""
    tick_shade = "light" if theme.on_accent == "#ffffff" else "dark"

    def with_state(state: str) -> str:
        return ", ".join(f"{name.strip()}{state}" for name in selector.split(","))

    return f"""
        {selector} {{ width: 13px; height: 13px; border: {theme.border_width}px solid {theme.control_border};
                      border-radius: 3px; background: {theme.input_background}; }}
        {with_state(":hover")} {{ border-color: {theme.accent}; }}
        {with_state(":checked")} {{ background: {theme.accent}; border-color: {theme.accent};
                                    image: url("{_icon_path(f"tick-{tick_shade}")}"); }}
        {with_state(":disabled")} {{ border-color: {_faint_border(theme)}; }}
    """


def _radio_button_rules(theme: Theme) -> str:
    """Return the look of radio buttons; a checked one is a ring around a dot."""
    size, ring = 13 + 2 * theme.border_width, 4
    return f"""
        QRadioButton::indicator {{ width: 13px; height: 13px; border: {theme.border_width}px solid
                                   {theme.control_border}; border-radius: {size // 2}px;
                                   background: {theme.input_background}; }}
        QRadioButton::indicator:hover {{ border-color: {theme.accent}; }}
        QRadioButton::indicator:checked {{ width: {size - 2 * ring}px; height: {size - 2 * ring}px;
                                           border: {ring}px solid {theme.accent}; background: {theme.on_accent}; }}
    """


def _input_rules(theme: Theme) -> str:
    return f"""
        QLineEdit, QAbstractSpinBox, QComboBox, QPlainTextEdit, QTextEdit {{
            background: {theme.input_background}; color: {theme.text};
            border-radius: 4px; selection-background-color: {theme.accent}; selection-color: {theme.on_accent}; }}
        {_border_rules("QLineEdit, QPlainTextEdit, QTextEdit", theme, 4, 5, theme.control_border)}
        QLineEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled {{
            color: {theme.disabled_text}; background: {theme.panel_background};
            border-color: {_faint_border(theme)}; }}
        {_border_rules("QComboBox", theme, 4, 6, theme.control_border)}
        QComboBox::drop-down {{ border: 0; width: 18px; }}
        QComboBox::down-arrow {{ image: url("{_icon_path("chevron")}"); width: 12px; height: 12px; }}
        QComboBox QAbstractItemView {{ border: {theme.border_width}px solid {theme.control_border};
                                       background: {theme.input_background}; }}
        {_border_rules("QAbstractSpinBox", theme, 3, 5, theme.control_border)}
        QAbstractSpinBox[wrong="true"] {{ border: {theme.focus_ring_width}px solid {theme.warning}; }}
        QAbstractSpinBox > QLineEdit, QComboBox > QLineEdit {{ border: 0; padding: 0; background: transparent; }}
        QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ border: 0; width: 16px; }}
        QAbstractSpinBox::up-arrow {{ image: url("{_icon_path("chevron-up")}"); width: 10px; height: 10px; }}
        QAbstractSpinBox::down-arrow {{ image: url("{_icon_path("chevron")}"); width: 10px; height: 10px; }}
    """


def _slider_rules(theme: Theme) -> str:
    size, ring_width = 12, theme.focus_ring_width
    focused_size = size - 2 * ring_width + 4
    groove_color = theme.blend(theme.control_border, 0.5, theme.panel_background)
    scroll_handle_color = theme.blend(theme.control_border, 0.25, theme.panel_background)
    return f"""
        QSlider {{ min-height: 20px; }}
        QSlider::groove:horizontal {{ height: 4px; border-radius: 2px; background: {groove_color}; }}
        QSlider::sub-page:horizontal {{ border-radius: 2px; background: {theme.accent}; }}
        QSlider::handle:horizontal {{ width: {size}px; height: {size}px; margin: -4px 0;
                                      border-radius: {size // 2}px; background: {theme.accent}; }}
        QSlider::handle:horizontal:hover {{ background: {theme.blend(theme.accent, 0.2, theme.text)}; }}
        QSlider::handle:horizontal:focus {{ width: {focused_size}px; height: {focused_size}px; margin: -6px 0;
                                            border: {ring_width}px solid {theme.text};
                                            border-radius: {size // 2 + 2}px; }}
        QSlider::sub-page:horizontal:disabled, QSlider::handle:horizontal:disabled {{
            background: {_faint_border(theme)}; }}
        QProgressBar {{ border: {theme.border_width}px solid {theme.control_border}; border-radius: 4px;
                        background: {theme.input_background}; color: {theme.text}; text-align: center; }}
        QProgressBar::chunk {{ background: {theme.accent}; border-radius: 2px; }}
        QScrollBar {{ background: {theme.panel_background}; border: 0; }}
        QScrollBar:vertical {{ width: 12px; }}
        QScrollBar:horizontal {{ height: 12px; }}
        QScrollBar::handle {{ background: {scroll_handle_color}; border-radius: 4px; margin: 2px; }}
        QScrollBar::handle:vertical {{ min-height: 24px; }}
        QScrollBar::handle:horizontal {{ min-width: 24px; }}
        QScrollBar::handle:hover {{ background: {theme.muted_text}; }}
        QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    """


def _list_rules(theme: Theme) -> str:
    """Return the look of lists and tables; a selected row has a bar at its side, thicker in high contrast."""
    bar_width = 4 if theme.border_width > 1 else 3
    return f"""
        QListView {{ border-radius: 4px; background: {theme.input_background}; color: {theme.text};
                     outline: 0; }}
        {_border_rules("QListView", theme, 2, 2, theme.divider)}
        QListWidget::item {{ padding: 4px 2px; border-left: {bar_width}px solid transparent; }}
        QListWidget::item:selected {{ background: {theme.selected_background}; color: {theme.text};
                                      border-left: {bar_width}px solid {theme.accent}; }}
        QTableView {{ border: {theme.focus_ring_width}px solid {theme.input_background};
                        border-top-color: {theme.panel_background}; gridline-color: {theme.divider}; }}
        QTableView:focus {{ border: {theme.focus_ring_width}px solid {theme.accent}; }}
        QTreeView::item {{ padding: 3px 0; }}
        QTableView::item {{ padding: 0 6px; }}
        QHeaderView::section {{ background: {theme.panel_background}; color: {theme.muted_text}; border: 0;
                                border-bottom: 1px solid {theme.divider}; padding: 2px 6px; }}
        QTextBrowser {{ background: {theme.input_background}; }}
    """


def _bar_rules(theme: Theme) -> str:
    ring_width = theme.focus_ring_width
    menu_border_color = theme.control_border if theme.border_width > 1 else theme.divider
    return f"""
        QToolBar {{ border: 0; border-bottom: 1px solid {theme.divider}; spacing: 4px; }}
        QToolBar#transport {{ border-bottom: 0; }}
        QStatusBar {{ border-top: 1px solid {theme.divider}; }}
        QStatusBar::item {{ border: 0; }}
        QMainWindow::separator {{ background: {theme.panel_background}; width: 5px; height: 5px; }}
        QMainWindow::separator:hover {{ background: {theme.accent}; }}
        QWidget#dock_title {{ background: {theme.panel_background}; }}
        QLabel#title {{ color: {theme.muted_text}; font-weight: bold; }}
        QToolBar#presentation {{ border: 0; border-top: 1px solid {theme.divider}; }}
        QTabWidget::pane {{ border: 0; border-top: 1px solid {theme.divider}; }}
        QTabBar::tab {{ color: {theme.muted_text}; background: transparent;
                        border: {ring_width}px solid transparent; border-bottom: 3px solid transparent;
                        padding: 3px 10px; }}
        QTabBar::tab:hover {{ color: {theme.text}; }}
        QTabBar::tab:selected {{ color: {theme.text}; border-bottom: 3px solid {theme.accent}; }}
        QTabBar::tab:selected:focus {{ border: {ring_width}px solid {theme.accent}; border-bottom-width: 3px; }}
        QMenu {{ border: {theme.border_width}px solid {menu_border_color}; }}
        QScrollArea {{ border: {ring_width}px solid {theme.panel_background}; }}
        QScrollArea:focus {{ border-color: {theme.accent}; }}
        QWidget#popup {{ background: {theme.panel_background};
                         border: {theme.border_width}px solid {theme.control_border}; }}
        QGroupBox {{ border: {theme.border_width}px solid {theme.divider}; border-radius: 4px;
                     margin-top: 10px; padding-top: 8px; }}
        QGroupBox::title {{ subcontrol-origin: margin; left: 8px; color: {theme.muted_text}; }}
        QDialogButtonBox, QMessageBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
    """


def _label_rules(theme: Theme) -> str:
    return f"""
        QToolTip {{ color: {theme.text}; background: {theme.input_background};
                    border: {theme.border_width}px solid {theme.control_border}; padding: 4px; }}
        QLabel#heading {{ color: {theme.muted_text}; font-weight: bold; padding-top: 4px; }}
        QLabel#part {{ color: {theme.muted_text}; font-weight: bold; padding-top: 3px; }}
        QLabel#lesson_title {{ font-size: 16px; font-weight: bold; }}
        QLabel#reached, QLabel#answer {{ font-weight: bold; }}
        QLabel#reached {{ color: {theme.accent}; }}
        QLabel#quiet {{ color: {theme.muted_text}; }}
        QLabel#wrong {{ color: {theme.warning}; }}
        QLabel#slip {{ color: {theme.warning}; background: {theme.input_background};
                       border: {theme.border_width}px solid {theme.warning}; border-radius: 4px; padding: 4px 6px; }}
        QLabel#step {{ font-size: 17px; font-weight: bold; padding: 0 6px; }}
    """
