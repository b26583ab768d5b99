"""Descriptions of controls, by the class that contains the control and its attribute there."""

from __future__ import annotations

CONTROL_DESCRIPTIONS: dict[str, dict[str, str]] = {
    "SurfaceSelector": {
        "picker": "The surface that is raced on. Opens a list that is searched by typing: a name, an author, what it "
        "shows.",
    },
    "StartPoint": {
        "fields": "Where every run starts. Type a number and press Enter; a click in the contour sets both.",
    },
    "RunList": {
        "list": "The runs of the race, each with its mark in the pictures and with what it is doing. The one that is "
        "chosen "
        "is set below; the box beside a name shows or hides its path.",
    },
    "ComparisonPanel": {
        "mode_combo": "What makes the race a fair one: as it is set, one learning rate for all, each rate tuned, or "
        "the same budget"
        " of evaluations.",
        "budget_field": "How many steps a rate is tuned for, or how many evaluations every run may use.",
        "tune_button": "Tries up to 60 learning rates for every run, from this start; the lowest loss wins.",
        "cancel_button": "Ends the search for learning rates; they stay as they were.",
    },
    "RunEditor": {
        "picker": "The optimizer of the chosen run. Opens a list that is searched by typing: a name, an author, what "
        "it does.",
        "implementation_combo": "Frameworks do not agree on the details of this method; each convention computes "
        "exactly as one of them.",
    },
    "ReplicaCountField": {
        "slider_field": "How many more runs like this one go along, each with random numbers of its own.",
    },
    "PlaybackBar": {
        "speed": "How many updates are made in a second, as far as there is time for them.",
    },
    "TimelineBar": {
        "timeline": "The step that is shown. Drag it over all that is known, or use the arrow keys: marks show where "
        "something "
        "was turned, rings where a branch was left.",
        "stop_checkbox": "Pauses the race when it reaches the step in the field beside it.",
        "stop_field": "The step at which the race pauses. Type a number and press Enter.",
    },
    "ResultsTabs": {
        "readout_table": "Where every run stands, in figures: step, place, loss and length of the gradient.",
    },
    "ResultsPage": {
        "table": "Every run in a row. A click on a heading sorts; the arrow keys choose a run; Ctrl+C copies all.",
    },
    "BranchList": {
        "list": "The paths that were left, to be compared with those of now. The box shows or hides one, F2 names it.",
    },
    "AboutDialog": {
        "text_label": "What the program is, and what it runs on. The text can be selected and copied.",
    },
    "HelpWindow": {
        "optimizer_browser": "What is known of the chosen run's optimizer. The text can be selected and copied, links "
        "can be followed.",
        "surface_browser": "What is known of the surface. The text can be selected and copied, links can be followed.",
    },
    "ShortcutsDialog": {
        "browser": "Every key, and what the mouse does in the views. The text can be selected and copied.",
    },
    "ExportForm": {
        "format_combo": "The kind of file. What can be set depends on it.",
        "view_combo": "Which of the views are drawn.",
        "width_field": "How wide it is, in the unit that is chosen.",
        "height_field": "How high it is, in the unit that is chosen.",
        "unit_combo": "What the size is counted in.",
        "preset_combo": "For what the picture is made: it sets the dots an inch and leaves the size on paper as it is.",
        "dpi_field": "How many dots an inch has: more of them make a sharper, larger file.",
        "theme_combo": "In which colors it is drawn.",
        "fps_field": "How many pictures a second of the film has.",
        "duration_field": "How long the film is.",
        "steps_per_frame_field": "How many updates lie between two pictures of the film.",
        "camera_speed_field": "By how many degrees a second the relief turns.",
    },
}
