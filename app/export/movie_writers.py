"""What frames are wound on, one after the other: an animated GIF by Pillow, an MP4 by ffmpeg."""

from __future__ import annotations

from abc import abstractmethod
from contextlib import AbstractContextManager
from functools import cached_property
from importlib.util import find_spec
from typing import IO, Any

import numpy as np
from matplotlib.colors import to_rgb

from app.export.options import Options
from app.utils.atomic_write import WriteError
from app.utils.i18n import mark, tr
from app.utils.validation import ExperimentError

NEEDED = mark("an MP4 needs the package imageio-ffmpeg: install it with pip install imageio-ffmpeg")
UNFINISHED = mark("the film could not be written to its end; is there room on the disk?")
HEAD = 64  # bytes at the beginning of an MP4, in which the index of a finished one begins
GIF_FPS = 50  # a second, at most: browsers slow down what is faster
COLORS, CLEAR = 255, 255  # of a GIF's palette, and the entry that lets what is there shine through
BITS = 6  # of each color that the table from colors to the palette's knows


class Reel(AbstractContextManager["Reel"]):
    """``add`` takes the pixels (height, width, 4) of the next frame; nothing is whole before the end."""

    def __init__(self, file: IO[bytes], options: Options, colors: list[str]) -> None:
        """``colors`` are those that must be right from the first frame to the last."""
        self.file, self.options, self.colors = file, options, list(dict.fromkeys(colors))

    @staticmethod
    def check(options: Options) -> None:
        """ExperimentError where such a film cannot be made."""

    @abstractmethod
    def add(self, pixels: np.ndarray) -> None:
        """Wind it on."""

    def __exit__(self, *_: object) -> None:
        """The end, or what stopped it."""


class GIF(Reel):
    """One palette for all frames, from the first one; of a frame only what differs from the last one is written."""

    shown: np.ndarray | None = None
    count = 0

    @staticmethod
    def check(options: Options) -> None:
        if options.fps > GIF_FPS:
            raise ExperimentError(
                tr("a GIF shows at most {gif_fps} frames a second, not {fps:g}", gif_fps=GIF_FPS, fps=options.fps)
            )

    def add(self, pixels: np.ndarray) -> None:
        from PIL import GifImagePlugin, Image

        if self.count == 0:
            self.learn(pixels)
        red, green, blue = (pixels[..., k].astype(np.int32) >> (8 - BITS) for k in range(3))
        index = self.table[(red << (2 * BITS)) | (green << BITS) | blue]
        fresh = index if self.shown is None else np.where(index == self.shown, np.uint8(CLEAR), index)
        self.shown = index
        frame = Image.fromarray(fresh, "P")
        frame.putpalette(self.palette)
        if self.count == 0:
            for part in GifImagePlugin.getheader(frame, info={"loop": 0, "optimize": False})[0]:
                self.file.write(part)
        ends = [round(100 * k / self.options.fps) for k in (self.count, self.count + 1)]
        for part in GifImagePlugin.getdata(frame, duration=10 * (ends[1] - ends[0]), transparency=CLEAR, disposal=1):
            self.file.write(part)
        self.count += 1

    def learn(self, pixels: np.ndarray) -> None:
        """Choose the palette, and find the nearest of it to every color."""
        from PIL import Image

        sure = [round(255 * part) for color in self.colors for part in to_rgb(color)]
        chosen = Image.fromarray(np.ascontiguousarray(pixels[..., :3])).quantize(COLORS - len(self.colors))
        free = 3 * (COLORS - len(self.colors))
        chosen.putpalette([*[*(chosen.getpalette() or []), *[0] * free][:free], *sure])
        levels = np.linspace(0, 255, 1 << BITS).round().astype(np.uint8)
        every = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1).reshape(1 << BITS, -1, 3)
        self.palette = chosen.getpalette()
        self.table = (
            np.asarray(Image.fromarray(every).quantize(palette=chosen, dither=Image.Dither.NONE)).ravel().copy()
        )
        for k, color in enumerate(
            self.colors
        ):  # Pillow looks for the nearest of a color's neighbors; these must be the very ones
            red, green, blue = (round(255 * part) >> (8 - BITS) for part in to_rgb(color))
            self.table[(red << (2 * BITS)) | (green << BITS) | blue] = COLORS - len(self.colors) + k

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self.file.write(b";")


class MP4(Reel):
    """H.264, by the ffmpeg that imageio-ffmpeg brings."""

    @staticmethod
    def check(options: Options) -> None:
        if find_spec("imageio_ffmpeg") is None:
            raise ExperimentError(tr(NEEDED))

    @cached_property
    def frames(self) -> Any:
        import imageio_ffmpeg

        made = imageio_ffmpeg.write_frames(
            self.file.name,
            self.options.pixels,
            pix_fmt_in="rgba",
            fps=self.options.fps,
            quality=8,
            codec="libx264",
            macro_block_size=2,
            ffmpeg_log_level="error",
            output_params=["-f", "mp4", "-movflags", "+faststart"],
        )
        made.send(None)
        return made

    def add(self, pixels: np.ndarray) -> None:
        try:
            self.frames.send(np.ascontiguousarray(pixels))
        except OSError:  # the pipe is broken: ffmpeg has ended
            raise WriteError(tr(UNFINISHED)) from None

    def __exit__(self, kind: object, *_: object) -> None:
        self.frames.close()
        if kind is None:
            with open(
                self.file.name, "rb"
            ) as written:  # ffmpeg says nothing of how it ended; the index is what it writes last
                if b"moov" not in written.read(HEAD):
                    raise WriteError(tr(UNFINISHED))
