"""Output on consoles of any encoding, and where it cannot be written."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from app.cli.main import COMMANDS, main
from app.io.experiment_files import examples
from app.utils.ascii_spelling import spell_in_ascii

FULL = Path("/dev/full")
ROOT = Path(__file__).parents[2]
PRINTING = [
    ["--version"],
    ["--help"],
    *([command, "--help"] for command in COMMANDS),
    *(["list", what] for what in ("optimizers", "modifiers", "surfaces", "examples", "formats")),
    ["results", "four_valleys", "--at", "5"],
    ["results", "four_valleys", "--at", "5", "--json"],
    ["explain", "four_valleys", "--step", "5"],
    ["explain", "four_valleys", "--step", "5", "--json"],
    ["check"],
]


def run_with(redirection: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/bash", "-o", "pipefail", "-c", f'"$@" {redirection}', "bash", sys.executable, "-m", "app", *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", **environment},
    )


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("above 2/λ_max, Δx, ε", "above 2/lambda_max, Deltax, epsilon"),
        ("ϵ ϕ ς Ω", "epsilon phi sigma Omega"),
        ("1280×720 – “Müller” … it’s — −3", '1280x720 - "Muller" ... it\'s - -3'),
        ("10⁻³, x², f(x₀), ½", "10^-3, x^2, f(x0), 1/2"),
        ("≤ ≥ ± → √ ∞ µs 30°", "<= >= +/- -> sqrt inf us 30 deg"),
        ("x̂ = é ø ß Łódź", "x = e o ss Lodz"),
        ("한か🚀\udc80\ufffd", "?????"),
        ("plain ~^?\n", "plain ~^?\n"),
        ("", ""),
    ],
)
def test_characters_are_spelled_in_ascii(text: str, spelled: str) -> None:
    assert spell_in_ascii(text) == spelled


def test_every_character_has_a_spelling_in_ascii() -> None:
    for code in range(0x30000):
        assert spell_in_ascii(chr(code)).isascii(), hex(code)


def own_characters() -> set[str]:
    """Return the characters beyond ASCII in the texts of the program, without examples of other scripts."""
    folders = ("app/analysis", "app/cli", "app/model", "app/io", "optimizers", "surfaces", "assets/examples")
    paths = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in (".py", ".json")]
    return {character for path in paths for character in path.read_text(encoding="utf-8") if ord(character) > 127}


def test_no_character_of_our_own_texts_becomes_a_question_mark() -> None:
    assert len(own_characters()) > 20
    assert {character for character in own_characters() if "?" in spell_in_ascii(character)} == set()


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["ascii", "cp949", "cp932", "cp1251", "cp437", "latin-1"])
def test_lists_results_and_errors_are_spelled_on_every_console(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for arguments in (*PRINTING[1:-1], ["export", "--run", "sgd λ=1 …", "--to", "a.csv"]):
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding) for _ in range(2))
        monkeypatch.setattr(sys, "stdout", out)
        monkeypatch.setattr(sys, "stderr", err)
        with suppress(SystemExit):
            main(arguments)
        for stream in (out, err):
            stream.flush()
            printed = stream.buffer.getvalue().decode(encoding)  # type: ignore[attr-defined]
            titles = [title for title, _ in examples().values()] if arguments == ["list", "examples"] else []
            assert printed.count("?") in (0, "".join(titles).count("?")), (arguments, printed)
            if "--json" in arguments and printed:
                rows = json.loads(printed)
                assert (rows if isinstance(rows, dict) else rows[0])["step"] == 5


def test_a_run_above_the_stability_limit_is_described_on_an_ascii_console() -> None:
    result = run_with("", "results", "--surface", "sphere", "--run", "sgd lr=1.5", PYTHONIOENCODING="ascii")
    assert (result.returncode, result.stderr) == (0, "")
    assert "lambda" in result.stdout
    assert "?" not in result.stdout


@pytest.mark.slow
@pytest.mark.skipif(not FULL.exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("arguments", PRINTING, ids=" ".join)
def test_output_that_cannot_be_written_is_one_sentence(arguments: list[str], unbuffered: str) -> None:
    result = run_with(f"> {FULL}", *arguments, PYTHONUNBUFFERED=unbuffered)
    assert result.returncode == 1
    assert result.stderr == "thalweg: cannot write the output: no space left on device\n"


@pytest.mark.slow
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("arguments", PRINTING, ids=" ".join)
def test_a_closed_pipe_ends_the_command_quietly(arguments: list[str], unbuffered: str) -> None:
    result = run_with("| head -c 1 > /dev/null", *arguments, PYTHONUNBUFFERED=unbuffered)
    assert result.returncode in (0, 1)
    assert result.stderr == ""


@pytest.mark.slow
@pytest.mark.parametrize("redirection", [">&-", "2>&-", ">&- 2>&-"])
def test_without_output_or_error_stream_a_command_still_runs(redirection: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    result = run_with(redirection, "export", "four_valleys", "--steps", "3", "--to", str(path))
    assert (result.returncode, path.exists(), result.stderr) == (0, True, "")
    for arguments in PRINTING[1:5]:
        result = run_with(redirection, *arguments)
        assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.slow
@pytest.mark.skipif(not FULL.exists(), reason="this system has no device that is always full")
def test_a_message_that_cannot_be_written_keeps_its_exit_status() -> None:
    assert run_with(f"2> {FULL}", "results", "nothing.json").returncode == 2
    assert run_with(f"> {FULL} 2> {FULL}", "list", "surfaces").returncode == 1
