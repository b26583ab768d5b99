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
from app.utils.i18n import gettext_noop, tr
from app.utils.validation import ExperimentError

FFMPEG_MISSING = gettext_noop("an MP4 needs the package imageio-ffmpeg: install it with pip install imageio-ffmpeg")
INCOMPLETE_FILE = gettext_noop("the film could not be written to its end; is there room on the disk?")
MP4_HEADER_SIZE = 64  # bytes at the beginning of an MP4, in which the index of a finished one begins
MAX_GIF_FPS = 50  # a second, at most: browsers slow down what is faster
PALETTE_SIZE, TRANSPARENT_INDEX = 255, 255  # of a GIF's palette, and the entry that lets what is there shine through
LOOKUP_BITS = 6  # of each color that the table from colors to the palette's knows


class MovieWriter(AbstractContextManager["MovieWriter"]):
    """``add`` takes the pixels (height, width, 4) of the next frame; nothing is whole before the end."""

    def __init__(self, file: IO[bytes], options: Options, colors: list[str]) -> None:
        """``colors`` are those that must be right from the first frame to the last."""
        self.file, self.options, self.colors = file, options, list(dict.fromkeys(colors))

    @staticmethod
    def check_options(options: Options) -> None:
        """ExperimentError where such a film cannot be made."""

    @abstractmethod
    def add_frame(self, pixels: np.ndarray) -> None:
        """Wind it on."""

    def __exit__(self, *_: object) -> None:
        """The end, or what stopped it."""


class GifWriter(MovieWriter):
    """One palette for all frames, from the first one; of a frame only what differs from the last one is written."""

    last_frame: np.ndarray | None = None
    frame_count = 0

    @staticmethod
    def check_options(options: Options) -> None:
        if options.fps > MAX_GIF_FPS:
            raise ExperimentError(
                tr("a GIF shows at most {gif_fps} frames a second, not {fps:g}", gif_fps=MAX_GIF_FPS, fps=options.fps)
            )

    def add_frame(self, pixels: np.ndarray) -> None:
        from PIL import GifImagePlugin, Image

        if self.frame_count == 0:
            self.build_palette(pixels)
        red, green, blue = (pixels[..., k].astype(np.int32) >> (8 - LOOKUP_BITS) for k in range(3))
        index = self.color_table[(red << (2 * LOOKUP_BITS)) | (green << LOOKUP_BITS) | blue]
        changed = (
            index if self.last_frame is None else np.where(index == self.last_frame, np.uint8(TRANSPARENT_INDEX), index)
        )
        self.last_frame = index
        frame = Image.fromarray(changed, "P")
        frame.putpalette(self.palette)
        if self.frame_count == 0:
            for chunk in GifImagePlugin.getheader(frame, info={"loop": 0, "optimize": False})[0]:
                self.file.write(chunk)
        end_times = [round(100 * k / self.options.fps) for k in (self.frame_count, self.frame_count + 1)]
        for chunk in GifImagePlugin.getdata(
            frame, duration=10 * (end_times[1] - end_times[0]), transparency=TRANSPARENT_INDEX, disposal=1
        ):
            self.file.write(chunk)
        self.frame_count += 1

    def build_palette(self, pixels: np.ndarray) -> None:
        """Choose the palette, and find the nearest of it to every color."""
        from PIL import Image

        exact_entries = [round(255 * channel) for color in self.colors for channel in to_rgb(color)]
        palette_image = Image.fromarray(np.ascontiguousarray(pixels[..., :3])).quantize(PALETTE_SIZE - len(self.colors))
        free_length = 3 * (PALETTE_SIZE - len(self.colors))
        palette_image.putpalette(
            [*[*(palette_image.getpalette() or []), *[0] * free_length][:free_length], *exact_entries]
        )
        levels = np.linspace(0, 255, 1 << LOOKUP_BITS).round().astype(np.uint8)
        all_colors = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1).reshape(
            1 << LOOKUP_BITS, -1, 3
        )
        self.palette = palette_image.getpalette()
        self.color_table = (
            np.asarray(Image.fromarray(all_colors).quantize(palette=palette_image, dither=Image.Dither.NONE))
            .ravel()
            .copy()
        )
        for k, color in enumerate(
            self.colors
        ):  # Pillow looks for the nearest of a color's neighbors; these must be the very ones
            red, green, blue = (round(255 * part) >> (8 - LOOKUP_BITS) for part in to_rgb(color))
            self.color_table[(red << (2 * LOOKUP_BITS)) | (green << LOOKUP_BITS) | blue] = (
                PALETTE_SIZE - len(self.colors) + k
            )

    def __exit__(self, exception_type: object, *_: object) -> None:
        if exception_type is None:
            self.file.write(b";")


class Mp4Writer(MovieWriter):
    """H.264, by the ffmpeg that imageio-ffmpeg brings."""

    @staticmethod
    def check_options(options: Options) -> None:
        if find_spec("imageio_ffmpeg") is None:
            raise ExperimentError(tr(FFMPEG_MISSING))

    @cached_property
    def encoder(self) -> Any:
        import imageio_ffmpeg

        process = imageio_ffmpeg.write_frames(
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
        process.send(None)
        return process

    def add_frame(self, pixels: np.ndarray) -> None:
        try:
            self.encoder.send(np.ascontiguousarray(pixels))
        except OSError:  # the pipe is broken: ffmpeg has ended
            raise WriteError(tr(INCOMPLETE_FILE)) from None

    def __exit__(self, exception_type: object, *_: object) -> None:
        self.encoder.close()
        if exception_type is None:
            with open(
                self.file.name, "rb"
            ) as output:  # ffmpeg says nothing of how it ended; the index is what it writes last
                if b"moov" not in output.read(MP4_HEADER_SIZE):
                    raise WriteError(tr(INCOMPLETE_FILE))
