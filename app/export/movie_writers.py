"""Writers of animation files, frame by frame: GIF with Pillow, MP4 with ffmpeg."""

from __future__ import annotations

import app.plotting  # noqa: F401 (imports matplotlib under our own settings)

# isort: split
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

FFMPEG_MISSING = gettext_noop(
    "MP4 export requires the imageio-ffmpeg package; install it with: pip install imageio-ffmpeg"
)
INCOMPLETE_FILE = gettext_noop("the animation could not be saved completely; check the free disk space")
MP4_HEADER_SIZE = 64  # bytes; in a complete MP4 with faststart the index (moov) begins within them
MAX_GIF_FPS = 50  # browsers slow down faster animations
PALETTE_SIZE = 255  # colors of a GIF, besides transparency
TRANSPARENT_INDEX = 255  # palette index of pixels that do not change
LOOKUP_BITS = 6  # bits per channel of the table from RGB to palette indices


class MovieWriter(AbstractContextManager["MovieWriter"]):
    """Writer of the frames of an animation, a context manager: the file is complete when the context has ended.

    The width and the height of a frame in pixels must be multiples of ``size_step``.
    """

    size_step = 1

    def __init__(self, file: IO[bytes], options: Options, colors: list[str]) -> None:
        self.file, self.options = file, options
        self.colors = list(dict.fromkeys(colors))  # these must be exact in every frame

    @staticmethod
    def check_options(options: Options) -> None:
        """Raise ExperimentError if an animation with these options cannot be made."""

    @abstractmethod
    def add_frame(self, pixels: np.ndarray) -> None:
        """Append a frame; ``pixels`` are RGBA, shape (height, width, 4)."""

    def __exit__(self, exception_type: type[BaseException] | None, *_: object) -> None:
        """Complete the file, or stop if there was an error."""


class GifWriter(MovieWriter):
    """GIF writer with one palette for all frames, chosen from the first frame; writes only pixels that have changed."""

    last_frame: np.ndarray | None = None
    frame_count = 0

    @staticmethod
    def check_options(options: Options) -> None:
        """Raise ExperimentError if there are too many frames per second."""
        if options.fps > MAX_GIF_FPS:
            raise ExperimentError(
                tr(
                    "GIF supports at most {gif_fps} frames per second, not {fps:g}",
                    gif_fps=MAX_GIF_FPS,
                    fps=options.fps,
                )
            )

    def add_frame(self, pixels: np.ndarray) -> None:
        """Append the changed pixels of a frame."""
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
            info = {"optimize": False} | ({"loop": 0} if self.options.loop else {})  # 0: without end
            for chunk in GifImagePlugin.getheader(frame, info=info)[0]:
                self.file.write(chunk)
        end_times = [round(100 * k / self.options.fps) for k in (self.frame_count, self.frame_count + 1)]
        for chunk in GifImagePlugin.getdata(
            frame, duration=10 * (end_times[1] - end_times[0]), transparency=TRANSPARENT_INDEX, disposal=1
        ):
            self.file.write(chunk)
        self.frame_count += 1

    def build_palette(self, pixels: np.ndarray) -> None:
        """Choose the palette from a frame, and build the table from RGB to palette indices."""
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
        self.palette = palette_image.getpalette() or []
        nearest = Image.fromarray(all_colors).quantize(palette=palette_image, dither=Image.Dither.NONE)
        self.color_table = np.asarray(nearest).ravel().copy()
        for k, color in enumerate(self.colors):  # Pillow's search is approximate, and these must be exact
            red, green, blue = (round(255 * channel) >> (8 - LOOKUP_BITS) for channel in to_rgb(color))
            index = (red << (2 * LOOKUP_BITS)) | (green << LOOKUP_BITS) | blue
            self.color_table[index] = PALETTE_SIZE - len(self.colors) + k

    def __exit__(self, exception_type: type[BaseException] | None, *_: object) -> None:
        if exception_type is None:
            self.file.write(b";")


class Mp4Writer(MovieWriter):
    """MP4 writer (H.264) with the ffmpeg of the package imageio-ffmpeg."""

    size_step = 2  # the colors of H.264 have half the resolution

    @staticmethod
    def check_options(options: Options) -> None:
        """Raise ExperimentError if imageio-ffmpeg is not installed."""
        if find_spec("imageio_ffmpeg") is None:
            raise ExperimentError(tr(FFMPEG_MISSING))

    @cached_property
    def encoder(self) -> Any:
        """The running ffmpeg process, a generator that receives frames."""
        import imageio_ffmpeg  # type: ignore[import-untyped]

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
        """Send a frame to ffmpeg."""
        try:
            self.encoder.send(np.ascontiguousarray(pixels))
        except OSError:  # broken pipe: ffmpeg has ended
            raise WriteError(tr(INCOMPLETE_FILE)) from None

    def __exit__(self, exception_type: type[BaseException] | None, *_: object) -> None:
        self.encoder.close()
        if exception_type is None:
            with open(self.file.name, "rb") as output:  # the exit status is not available; the index is written last
                if b"moov" not in output.read(MP4_HEADER_SIZE):
                    raise WriteError(tr(INCOMPLETE_FILE))
