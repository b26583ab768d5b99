"""Experiments in files and figures: what is kept, what is rejected with one sentence, and malicious files."""

from __future__ import annotations

import errno
import json
import os
import platform
import struct
import subprocess
import sys
import tracemalloc
import zlib
from contextlib import suppress
from dataclasses import MISSING, fields, is_dataclass, replace
from encodings.aliases import aliases
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from PIL import Image, PngImagePlugin
from PIL.PngImagePlugin import PngInfo

from app.io import experiment_json, image_metadata
from app.io.experiment_files import load, save, save_path_for
from app.io.experiment_json import from_json, to_json
from app.io.strict_json import MAX_FILE_SIZE
from app.model.branch import Branch
from app.model.comparison import ComparisonMode
from app.model.experiment import DEFAULT_EXPERIMENT, Experiment, LossPlot
from app.model.landscape_data import LandscapeData
from app.model.map_options import MapOptions
from app.model.plot_options import PlotOptions
from app.model.problem_data import ProblemData
from app.model.recorded_network import RecordedNetwork
from app.model.run import Run
from app.utils import atomic_write
from app.utils.validation import ExperimentError
from optimizers import Adan, AdanAuthors, trace
from surfaces import SURFACES

TEXT = to_json(DEFAULT_EXPERIMENT).encode()
GIGABYTE = 1 << 30
NEWER = {
    "thalweg": "1.7",
    "surface": "beale",
    "weather": {"wind": [3.5, None, "é"]},
    "extra": True,
    "runs": [{"optimizer": "sgd", "slot": 0, "mood": "calm"}, {"optimizer": "adam", "slot": 1}],
    "curve": {"quantity": "gradient", "tint": 3},
    "fair": {"mode": "", "why": "so"},
    "branches": [{"runs": [{"optimizer": "sgd", "slot": 0, "old": 1}], "start": [1, 1], "steps": 3, "leaf": []}],
}


def load_error(path: Path) -> str:
    """Return the one-sentence message with which a file is rejected."""
    with pytest.raises(ExperimentError) as raised:
        load(path)
    message = str(raised.value)
    assert "\n" not in message
    assert len(message) < 500
    return message


def figure_bytes(experiment: Experiment | None, kind: str) -> bytes:
    """Return a small figure as matplotlib writes it, with an experiment in its metadata."""
    file = BytesIO()
    key = {"png": "thalweg:experiment", "svg": "Source"}[kind]
    metadata = None if experiment is None else {key: to_json(experiment, indent=None)}
    Figure(figsize=(1, 1)).savefig(file, format=kind, metadata=metadata)
    return file.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


# The documented format


DOCUMENTED_CLASSES = {
    "experiment": Experiment,
    "run": Run,
    "loss plot": LossPlot,
    "plot options": PlotOptions,
    "map options": MapOptions,
    "landscape": LandscapeData,
    "problem": ProblemData,
    "network": RecordedNetwork,
    "branch": Branch,
    "comparison": ComparisonMode,
}


def documented_defaults() -> dict[str, dict[str, str]]:
    """Return kind of object -> key -> default, from the docstring of the module."""
    kinds: dict[str, dict[str, str]] = {}
    kind = ""
    for line in (experiment_json.__doc__ or "").split("\n"):
        if line in DOCUMENTED_CLASSES:
            kind = line
            kinds[kind] = {}
        elif kind and line.startswith("    "):
            name, default, *meaning = line.split()
            assert meaning, line
            kinds[kind][name] = default
    return kinds


def test_documented_format_matches_the_written_files() -> None:
    kinds = documented_defaults()
    assert list(kinds) == list(DOCUMENTED_CLASSES)
    for kind, cls in DOCUMENTED_CLASSES.items():
        defaults = {}
        for field in fields(cls):
            default = field.default if field.default_factory is MISSING else field.default_factory()
            defaults[experiment_json.keys_of(cls).get(field.name, field.name)] = (
                "-" if default is MISSING else "{}" if is_dataclass(default) else json.dumps(default)
            )
        assert defaults.pop("extra") == "{}"
        assert kinds[kind] == defaults
    written = json.loads(to_json(Experiment(runs=(Run("sgd"),), branches=(Branch((Run("sgd", slot=0),), (0, 0), 1),))))
    assert written.pop("thalweg") == experiment_json.FORMAT_VERSION
    for kind, data in (
        ("experiment", written),
        ("run", written["runs"][0]),
        ("loss plot", written["loss_plot"]),
        ("plot options", written["plot_options"]),
        ("map options", written["map_options"]),
        ("branch", written["branches"][0]),
        ("comparison", written["comparison"]),
    ):
        assert list(data) == list(kinds[kind])


def test_example_in_the_documentation_is_an_experiment() -> None:
    (line,) = (line for line in (experiment_json.__doc__ or "").split("\n") if line.startswith("    {"))
    assert from_json(line).runs == (Run("adam", {"lr": 0.1}, slot=0),)


def test_keys_of_earlier_versions_are_read_and_current_ones_written() -> None:
    run = {"optimizer": "sgd", "slot": 0, "earlier": [[5, {"lr": 0.1}]]}
    branch = {"runs": [run], "start": [0, 1], "steps": 9, "since": 4}
    old = {"thalweg": 1, "runs": [run], "branches": [branch], "settled": True, "shown": 7}
    old |= {"curve": {"against": "time"}, "fair": {"mode": "evaluations", "budget": 50, "of": 3}}
    experiment = from_json(json.dumps(old))
    assert experiment.loss_plot.x_quantity == "time"
    assert (experiment.comparison.budget, experiment.comparison.fingerprint) == (50, 3)
    assert (experiment.stop_when_converged, experiment.displayed_step) == (True, 7)
    assert experiment.runs[0].history[0].until == 5
    assert experiment.branches[0].left_at_step == 4
    written = to_json(experiment)
    assert not any(f'"{key}"' in written for keys in experiment_json.OLD_KEYS.values() for key in keys)
    assert from_json(written) == experiment


def test_adan_was_the_variant_of_optax_in_format_1() -> None:
    surface, start = SURFACES["rosenbrock"], (-1.5, 2.0)
    for id, current in (("adan", "adan_optax"), ("adan_authors", "adan")):
        run = {"optimizer": id, "slot": 0, "hyperparameters": {"lr": 0.02}}
        old = {"thalweg": 1, "runs": [run], "branches": [{"runs": [run], "start": [0, 1], "steps": 9}]}
        experiment = from_json(json.dumps(old))
        assert {each.optimizer for each in (*experiment.runs, *experiment.branches[0].runs)} == {current}
        assert from_json(to_json(experiment)) == experiment
        assert Run.parse(f"{id} lr=0.02").optimizer == ("adan" if id == "adan_authors" else id)
    paths = [trace(id, surface, start, 50, lr=0.02).positions for id in ("adan", "adan_optax", "adan_authors")]
    assert (paths[0] == paths[2]).all()
    assert np.abs(paths[0] - paths[1]).max() > 0.01
    new = from_json(json.dumps({"thalweg": "1.1", "runs": [{"optimizer": "adan"}]}))
    assert new.runs[0].optimizer == "adan"
    assert json.loads(to_json(new))["thalweg"] == "1.1"
    assert AdanAuthors is Adan


# What is saved and read


def to_dict(experiment: Experiment) -> dict:
    data = json.loads(to_json(experiment))
    assert data["thalweg"] == 1
    return data


def test_unknown_keys_of_a_newer_version_are_kept(tmp_path: Path) -> None:
    (tmp_path / "newer.json").write_text(json.dumps(NEWER), encoding="utf-8")
    opened = load(tmp_path / "newer.json")
    save(opened, tmp_path / "again.json")
    assert load(tmp_path / "again.json") == opened
    data = to_dict(opened)
    assert (data["weather"], data["extra"]) == (NEWER["weather"], True)
    assert data["runs"][0]["mood"] == "calm"
    assert "mood" not in data["runs"][1]
    assert (data["loss_plot"]["tint"], data["comparison"]["why"]) == (3, "so")
    assert (data["branches"][0]["leaf"], data["branches"][0]["runs"][0]["old"]) == ([], 1)


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**60), 2**60)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    )
)
def test_any_value_of_an_unknown_key_is_kept(value: object) -> None:
    text = json.dumps({"thalweg": 1, "newer": value, "runs": [{"optimizer": "sgd", "newer": value}]})
    data = to_dict(from_json(text))
    assert data["newer"] == data["runs"][0]["newer"] == value


@pytest.mark.parametrize("version", ["1", "1.0", "1.25", '"1"', '"1.25"'])
def test_every_minor_version_is_read(version: str) -> None:
    assert from_json(f'{{"thalweg": {version}}}') == Experiment()


def test_displayed_step_is_saved_but_not_compared() -> None:
    displayed = replace(DEFAULT_EXPERIMENT, displayed_step=120)
    assert displayed == DEFAULT_EXPERIMENT
    assert from_json(to_json(displayed)).displayed_step == 120
    assert displayed.with_surface("beale").displayed_step == 0


# What is rejected


@pytest.mark.slow
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b" \n\t ", "the file is empty"),
        (b"\xef\xbb\xbf", "the file is empty"),
        (TEXT[:-30], "the file is incomplete: the JSON text ends unexpectedly in line"),
        (TEXT[: len(TEXT) // 2], "the file is incomplete: the JSON text ends unexpectedly in line"),
        (TEXT + b"}", "it is not valid JSON: extra data in line"),
        (b'{"thalweg": 1,}', "it is not valid JSON: "),
        (b"surface = rosenbrock", "it is not valid JSON: expecting value in line 1, column 1"),
        (b"[1]", 'the key "thalweg" is missing'),
        (TEXT.decode().encode("utf-16"), "it is not UTF-8 text"),
        (TEXT.decode().encode("utf-16-le"), "it is not UTF-8 text"),
        (b"\x7fELF\x02\x01\x01\0\0\0", "it is not UTF-8 text"),
        (
            '{"thalweg": 1,\n"title": "Höhe"}'.encode("latin-1"),
            "it is not UTF-8 text: line 2 uses another encoding",
        ),
        (
            b'{"thalweg": 2}',
            r"saved by a newer version of Thalweg \(format 2; this version reads format 1\); update Thalweg",
        ),
        (b'{"thalweg": "12.1"}', r"saved by a newer version of Thalweg \(format 12\.1;"),
        (b'{"thalweg": true}', "must be the format version, 1, not True"),
        (b'{"thalweg": 0.9}', "must be the format version, 1, not 0.9"),
        (b'{"thalweg": [1]}', "must be the format version"),
        (b'{"thalweg": 1, "start": [NaN, 0]}', "it contains NaN, which is not a finite number"),
        (b'{"thalweg": 1, "newer": -Infinity}', "it contains -Infinity, which is not a finite number"),
        (b'{"thalweg": 1, "start": [1e999, 0]}', "it contains 1e999, which is not a finite number"),
        (b'{"thalweg": 1, "steps": 1' + b"0" * 5000 + b"}", "it contains a number with 5,001 digits"),
        (b'{"thalweg": 1, "newer": 1' + b"0" * 5000 + b".0}", "which is not a finite number"),
        (b'{"thalweg": 1, "steps": 1' + b"0" * 250 + b"}", "steps must be an integer"),
        (b'{"thalweg": 1, "title": "a", "title": "b"}', "the key 'title' appears twice in the same object"),
        (b'{"thalweg": 1, "newer": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested more than 64 levels deep"),
        (b'{"thalweg": 1, "start": ' + b"[" * 500 + b"]" * 500 + b"}", "nested more than 64 levels deep"),
        (b'{"a":' * 100_000, "nested more than 64 levels deep"),
        (b'{"thalweg": 1, "runs": [' + b'{"optimizer": "sgd"},' * 300_000 + b"{}]}", "at most 24 runs, not 300,001"),
        (b'{"thalweg": 1, "branches": [' + b"{}," * 300_000 + b"{}]}", "at most 100 branches, not 300,001"),
        (
            b'{"thalweg": 1, "runs": [{"optimizer": "sgd", "hyperparameters": {"' + b"l" * 300_000 + b'": 1}}]}',
            "sgd has no hyperparam",
        ),
        (
            b'{"thalweg": 1, "runs": [{"optimizer": "sgd", "hyperparameters": {"lr": [' + b"1," * 300_000 + b"1]}}]}",
            "must be a finite",
        ),
    ],
)
def test_file_that_is_not_an_experiment_is_rejected_with_one_sentence(
    content: bytes, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "invalid.json"
    path.write_bytes(content)
    with pytest.raises(ExperimentError, match=message):
        load(path)
    assert load_error(path).startswith(f"cannot open {path}: ")


def test_byte_order_mark_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"\xef\xbb\xbf" + TEXT)
    assert load(tmp_path / "a.json") == DEFAULT_EXPERIMENT
    assert from_json("\ufeff" + to_json(DEFAULT_EXPERIMENT)) == DEFAULT_EXPERIMENT


def test_truncated_file_is_rejected(tmp_path: Path) -> None:
    text = to_json(replace(DEFAULT_EXPERIMENT, title="Höhe {} 10")).rstrip().encode()
    for length in range(len(text)):
        with pytest.raises(ExperimentError, match=r"the file is (empty|incomplete)|it is not UTF-8 text"):
            from_json(text[:length])


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("json", "the file is too large; experiments are limited to 16 MiB"),
        ("csv", "the file is too large; data files are limited to 16 MiB"),
        ("png", "contains no experiment"),
        ("svg", "it is not an SVG image"),
    ],
)
def test_file_of_a_gigabyte_is_rejected_without_reading_it(kind: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / f"large.{kind}"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" if kind == "png" else b"")
    os.truncate(path, GIGABYTE)
    tracemalloc.start()
    assert message in load_error(path)
    assert tracemalloc.get_traced_memory()[1] < 4 << 20
    tracemalloc.stop()


def test_only_regular_files_are_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    (tmp_path / "folder.json").mkdir()
    (tmp_path / "zero.png").symlink_to("/dev/zero")
    (tmp_path / "loop.json").symlink_to(tmp_path / "loop.json")
    assert load_error(tmp_path / "pipe.json") == f"cannot open {tmp_path / 'pipe.json'}: it is a named pipe"
    assert load_error(tmp_path / "zero.png") == f"cannot open {tmp_path / 'zero.png'}: it is a device"
    assert load_error(Path("/dev/zero")) == "cannot open /dev/zero: it is a device"
    assert load_error(tmp_path / "folder.json") == f"cannot open {tmp_path / 'folder.json'}: it is a folder"
    assert load_error(tmp_path) == f"cannot open {tmp_path}: it is a folder"
    assert "there is no file" in load_error(tmp_path / "loop.json")
    assert "there is no file" in load_error(tmp_path / ("x" * 5000))
    assert "there is no file" in load_error(Path("a\0b"))


@pytest.mark.parametrize(
    "name",
    [
        "a b.json",
        "Höhe–日本 ☃.json",
        "<b>&amp;%s{}.json",
        "two\nlines.json",
        "-x.json",
        "'q\"\\.json",
        "raw\udcff.json",
        ".json",
        "UPPER.JSON",
        "none",
    ],
)
def test_file_name_may_contain_any_characters(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    save(DEFAULT_EXPERIMENT, path)
    assert load(path) == DEFAULT_EXPERIMENT
    assert save_path_for(path) == path
    path.write_bytes(b"{")
    load_error(path).encode()


# Figures


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_experiment_is_read_from_a_figure(kind: str, tmp_path: Path) -> None:
    saved = replace(DEFAULT_EXPERIMENT, title='a < b & "c" ]]> é ∇', displayed_step=42)
    path = tmp_path / f"a.{kind.upper()}"
    path.write_bytes(figure_bytes(saved, kind))
    assert load(path) == saved
    assert load(path).displayed_step == 42
    assert save_path_for(path) is None
    path.write_bytes(figure_bytes(None, kind))
    assert "it contains no experiment; open a JSON experiment" in load_error(path)


@pytest.mark.parametrize("form", ["zipped", "international", "international and zipped"])
def test_experiment_is_read_from_a_png_rewritten_by_another_program(form: str, tmp_path: Path) -> None:
    info = PngInfo()
    if form == "zipped":
        info.add_text("thalweg:experiment", to_json(DEFAULT_EXPERIMENT), zip=True)
    else:
        info.add_itxt("thalweg:experiment", to_json(DEFAULT_EXPERIMENT), zip="zipped" in form)
    Image.new("L", (3, 3)).save(tmp_path / "a.png", pnginfo=info)
    assert load(tmp_path / "a.png") == DEFAULT_EXPERIMENT


def test_png_is_searched_to_its_end(tmp_path: Path) -> None:
    original = figure_bytes(None, "png")
    text = chunk(b"tEXt", b"thalweg:experiment\0" + TEXT)
    (tmp_path / "a.png").write_bytes(original[:-12] + text + original[-12:])
    assert load(tmp_path / "a.png") == DEFAULT_EXPERIMENT


def test_damaged_or_malicious_png_is_rejected(tmp_path: Path) -> None:
    path, start = tmp_path / "a.png", b"\x89PNG\r\n\x1a\n"
    original = figure_bytes(DEFAULT_EXPERIMENT, "png")
    index = original.index(b"rosenbrock")
    bomb = zlib.compress(b" " * (MAX_FILE_SIZE + 10))
    for content, message in (
        (b"not a picture", "it is not a PNG image"),
        (b"", "it is not a PNG image"),
        (original[:index], "the embedded experiment is incomplete or damaged"),
        (original[:index] + b"R" + original[index + 1 :], "the embedded experiment is incomplete or damaged"),
        (original[:20], "incomplete or damaged"),
        (figure_bytes(None, "png")[:-12], "incomplete or damaged"),
        (
            start + struct.pack(">I", GIGABYTE) + b"tEXtthalweg:experiment\0{",
            "the embedded experiment is too large; experiments are limited to 16 MiB",
        ),
        (start + struct.pack(">I", GIGABYTE) + b"tEXtComment\0{", "incomplete or damaged"),
        (start + chunk(b"zTXt", b"thalweg:experiment\0\0" + bomb), "limited to 16 MiB"),
        (start + chunk(b"zTXt", b"thalweg:experiment\0\0nothing"), "incomplete or damaged"),
        (start + chunk(b"iTXt", b"thalweg:experiment\0"), "the embedded experiment is incomplete or damaged"),
        (start + chunk(b"tEXt", b"thalweg:experiment\0"), "the embedded experiment is incomplete or damaged"),
        (start + chunk(b"tEXt", b"thalweg:experiment\0{"), "the file is incomplete"),
        (start + chunk(b"fAKE", b"") * 110_000, "it contains no experiment"),
    ):
        path.write_bytes(content)
        assert message in load_error(path)


def test_limits_of_pillow_are_restored() -> None:
    limit = PngImagePlugin.MAX_TEXT_CHUNK
    for body in (zlib.compress(TEXT), zlib.compress(b" " * (MAX_FILE_SIZE + 10)), b"nothing"):
        png = BytesIO(b"\x89PNG\r\n\x1a\n" + chunk(b"zTXt", b"thalweg:experiment\0\0" + body))
        with suppress(ExperimentError):
            image_metadata.read_png(png)
        assert limit == PngImagePlugin.MAX_TEXT_CHUNK


def test_pixels_of_a_png_are_not_decoded(tmp_path: Path) -> None:
    header = struct.pack(">IIBBBBB", 1 << 30, 1 << 30, 16, 6, 0, 0, 0)  # 10^18 pixels
    text = chunk(b"tEXt", b"thalweg:experiment\0" + TEXT)
    (tmp_path / "a.png").write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"nothing") + text + chunk(b"IEND", b"")
    )
    assert load(tmp_path / "a.png") == DEFAULT_EXPERIMENT


@pytest.mark.parametrize("item", [b"[]", b"[[[[[]]]]]", b'{"a":1}', b"1.5", b'"ab"'])
def test_small_png_does_not_fill_the_memory(item: bytes, tmp_path: Path) -> None:
    body = b'{"thalweg": 1, "newer": [' + (item + b",") * (15_000_000 // (len(item) + 1)) + b"0]}"
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"zTXt", b"thalweg:experiment\0\0" + zlib.compress(body))
    assert len(png) < 40_000
    (tmp_path / "a.png").write_bytes(png)
    del body
    tracemalloc.start()
    assert "it contains more than 500,000 lists and objects or 2,000,000 values" in load_error(tmp_path / "a.png")
    assert tracemalloc.get_traced_memory()[1] < 50_000_000
    tracemalloc.stop()


def test_damaged_or_malicious_svg_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    original = figure_bytes(DEFAULT_EXPERIMENT, "svg")
    entities = b"".join(b'<!ENTITY l%d "%s">' % (k, b"&l%d;" % (k - 1) * 10) for k in range(1, 10))
    source = b'<svg xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:source>%s</dc:source></svg>'
    for content, message in (
        (b"not a picture", "it is not an SVG image, or it is incomplete or damaged"),
        (b"", "it is not an SVG image, or it is incomplete or damaged"),
        (original[: original.index(b"rosenbrock")], "it is not an SVG image, or it is incomplete or damaged"),
        (b'<!DOCTYPE svg [<!ENTITY l0 "ha">' + entities + b"]>" + source % b"{&l9;", "it contains XML entity"),
        (b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + source % b"{&x;", "it contains XML entity"),
        (
            b'<!DOCTYPE svg [<!ATTLIST a b CDATA "long">]><svg><a/></svg>',
            "it contains XML entity or attribute declarations",
        ),
        (source % b"https://example.org/original.svg", "it contains no experiment"),
        (source % b'{"thalweg": 1, "surface": "nowhere"}', "unknown surface 'nowhere'"),
        (source % (b"{" + b"x" * MAX_FILE_SIZE), "limited to 16 MiB"),
        (b"<svg><source>" + TEXT + b"</source></svg>", "it contains no experiment"),
        (b'<svg xmlns="' + b"x" * (5 << 20), "incomplete or damaged"),
    ):
        path.write_bytes(content)
        assert message in load_error(path)


def test_svg_with_an_unknown_encoding_is_rejected_or_read(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    refused = ("x-bogus", "rot13", "zlib", "undefined", "cp949", "utf-7")
    for encoding in {*refused, "utf-8-sig", *aliases.values()}:
        path.write_bytes(b'<?xml version="1.0" encoding="%s"?><svg/>' % encoding.encode())
        message = load_error(path)
        assert message.partition("svg: ")[2].startswith(("its text encoding", "it contains no", "it is not an SVG"))
        assert "its text encoding is not supported; save it as UTF-8" in message or encoding not in refused


@pytest.mark.parametrize(
    ("start", "item", "message", "limit"),
    [
        (b'<svg a="', b"x", "one of its tags is larger than 4 MiB", image_metadata.MAX_TAG_SIZE),
        (b"<svg><!--", b"x", "one of its tags is larger than 4 MiB", image_metadata.MAX_TAG_SIZE),
        (b"", b"<a>", "it contains no experiment", 3 * image_metadata.MAX_NAMES),
        (b"<svg>", b'<a b="" c=""/>', "it contains no experiment", 5 * image_metadata.MAX_NAMES),
    ],
)
def test_svg_is_searched_within_bounds(start: bytes, item: bytes, message: str, limit: int) -> None:
    file = BytesIO(start + item * ((30 << 20) // len(item)))
    with pytest.raises(ExperimentError, match=message):
        image_metadata.read_svg(file)
    assert file.tell() <= limit + 2 * image_metadata.READ_SIZE


def test_text_of_an_svg_is_no_tag() -> None:
    svg = '<svg xmlns:dc="http://purl.org/dc/elements/1.1/"><text>%s</text><dc:source>{"thalweg": 1}</dc:source></svg>'
    assert image_metadata.read_svg(BytesIO((svg % ("x" * (5 << 20))).encode())) == '{"thalweg": 1}'


def test_svg_is_read_only_up_to_its_experiment(tmp_path: Path) -> None:
    path, original = tmp_path / "a.svg", figure_bytes(DEFAULT_EXPERIMENT, "svg")
    path.write_bytes(original[: original.index(b"</metadata>")])
    assert load(path) == DEFAULT_EXPERIMENT
    os.truncate(path, GIGABYTE)
    assert load(path) == DEFAULT_EXPERIMENT


def test_experiment_in_a_figure_may_be_as_large_as_in_a_file(tmp_path: Path) -> None:
    large = replace(DEFAULT_EXPERIMENT, extra={"newer": "x" * (5 << 20)})
    for kind in ("png", "svg"):
        path = tmp_path / f"a.{kind}"
        path.write_bytes(figure_bytes(large, kind))
        assert load(path) == large


# Saving


def save_error(path: Path, experiment: Experiment = DEFAULT_EXPERIMENT) -> str:
    """Return the message with which saving is rejected; check that no other file remains."""
    before = sorted(path.parent.iterdir()) if path.parent.is_dir() else []
    with pytest.raises(ExperimentError) as error:
        save(experiment, path)
    if path.parent.is_dir() and path.parent != Path("/dev"):
        assert sorted(path.parent.iterdir()) == before
    return str(error.value)


def test_failed_save_is_reported_and_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "mine.json"
    path.write_text("mine")
    path.chmod(0o444)
    assert f"cannot write {path}: it is read-only" in save_error(path)
    path.chmod(0o644)
    (tmp_path / "folder.json").mkdir()
    assert "it is a folder" in save_error(tmp_path / "folder.json")
    assert "does not exist" in save_error(tmp_path / "gone" / "mine.json")
    assert save_error(Path("/dev/full")) == "cannot write /dev/full: it is a device"
    assert save_error(tmp_path / ("x" * 300)).endswith("file name too long")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert save_error(path) == f"cannot write {path}: no space left on device"
    assert path.read_text() == "mine"


def test_folder_without_write_permission_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:  # as the system does for every user but root
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(atomic_write.tempfile, "NamedTemporaryFile", refuse)
    with pytest.raises(ExperimentError, match=r"cannot write .*mine\.json: permission denied"):
        save(DEFAULT_EXPERIMENT, tmp_path / "mine.json")
    assert not list(tmp_path.iterdir())


def test_old_file_remains_if_the_process_is_killed_while_saving(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_bytes(TEXT)
    code = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom app.utils.atomic_write import atomic_write\n"
        "with atomic_write(Path(sys.argv[1])) as file:\n    file.write('{' * 100_000)\n    file.flush()\n"
        "    os.kill(os.getpid(), signal.SIGKILL)"
    )
    process = subprocess.run([sys.executable, "-c", code, str(path)], cwd=Path(__file__).parents[2])
    assert process.returncode == -9
    assert load(path) == DEFAULT_EXPERIMENT
    assert len(list(tmp_path.iterdir())) == 2
    save(DEFAULT_EXPERIMENT, tmp_path / "other.json")
    assert {file.name for file in tmp_path.iterdir()} == {"mine.json", "other.json"}, "the next writing cleans up"


def test_only_incomplete_files_of_dead_processes_are_removed(tmp_path: Path) -> None:
    kept = [".a.csv.elsewhere-1.abcdefgh.part", ".a.csv.part", f".a.csv.{platform.node()}-1.part", "a.csv.part"]
    for name in kept:
        (tmp_path / name).touch()
    with atomic_write.atomic_write(tmp_path / "a.json") as file:
        file.write("whole")
        save(DEFAULT_EXPERIMENT, tmp_path / "b.json")
    assert {path.name for path in tmp_path.iterdir()} == {"a.json", "b.json", *kept}
    assert (tmp_path / "a.json").read_text() == "whole"


@pytest.mark.slow
def test_experiment_too_large_to_open_is_not_saved(tmp_path: Path) -> None:
    assert "would be larger than 16 MiB" in save_error(
        tmp_path / "a.json", replace(DEFAULT_EXPERIMENT, extra={"newer": "x" * MAX_FILE_SIZE})
    )
    many = replace(DEFAULT_EXPERIMENT, extra={"newer": [[]] * 600_000})
    assert "it has too many hyperparameter changes" in save_error(tmp_path / "a.json", many)
    wide = replace(DEFAULT_EXPERIMENT, extra={"newer": [0] * 1_900_000})
    save(wide, tmp_path / "b.json")
    assert load(tmp_path / "b.json") == wide, "without indentation it is small enough"


def test_reader_of_the_target_keeps_the_old_contents(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_text("old")
    with path.open() as reader:
        save(DEFAULT_EXPERIMENT, path)
        assert reader.read() == "old"
    assert load(path) == DEFAULT_EXPERIMENT


def test_target_locked_by_another_process_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "mine.json"
    path.write_text("old")

    def refuse(*_: object) -> None:  # as Windows does
        raise PermissionError(
            errno.EACCES, "The process cannot access the file because it is being used by another process"
        )

    monkeypatch.setattr(atomic_write.os, "replace", refuse)
    with pytest.raises(ExperimentError, match=r"cannot write .*mine\.json: .* used by another process"):
        save(DEFAULT_EXPERIMENT, path)
    assert path.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["mine.json"]
