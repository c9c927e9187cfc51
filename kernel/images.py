"""Photos that people send: verified by content, made anew as JPEG, without what a camera adds.

What is stored is never what came in. The pixels are decoded and encoded again on an empty canvas,
so that no place, device, comment, profile or appended file survives. What is hostile or useless is
refused by name first, and the number of pixels is read from the header before anything is decoded.
"""

from __future__ import annotations

import hashlib
import io
import re
import threading
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO

from PIL import Image, ImageOps

from kernel.errors import Invalid
from kernel.image_errors import (
    GifNotTaken,
    HeicNotTaken,
    ImageAnimated,
    ImageDamaged,
    ImageMissing,
    ImagePolyglot,
    ImageTooLarge,
    ImageTooManyPixels,
    NotAnImage,
    SvgNotTaken,
)

MOST_BYTES = 8 * 1024 * 1024
#: Below the 50 megapixels of a bomb that fits into the bytes above; a phone's usual photo has 12.
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 2000
QUALITY = 85
CONTENT_TYPE = "image/jpeg"

#: A PNG of MOST_PIXELS takes 160 MB while it is decoded: no more than two at a time.
_DECODING = threading.BoundedSemaphore(2)
_HEIC = re.compile(rb"(?s).{4}ftyp(heic|heix|hevc|hevx|heim|heis|mif1|msf1|avif|avis)")
_SVG = re.compile(rb"(?is)\s*(<\?xml.{0,2000}?)?\s*(<!--.*?-->\s*|<!doctype svg.{0,300}?>\s*)*<svg")
#: What begins a program or a document inside a picture. Photos hold XMP (<x:xmpmeta …), not these.
_FOREIGN = re.compile(rb"(?i)<script|<html|<!doctype html|<\?php|<svg[\s>]|<iframe|%PDF-[0-9]")
_PNG_END = b"\x00\x00\x00\x00IEND\xaeB`\x82"
#: What phones themselves append to a JPEG: more pictures, a short film, their own notes.
_APPENDED_BY_PHONES = re.compile(rb"(?s)\xff\xd8\xff|.{0,4}ftyp|.{0,64}(MotionPhoto|SEFH|MPF)")


@dataclass(frozen=True, kw_only=True)
class CleanImage:
    """A JPEG of our own making; ``sha256`` (hex) is of ``content``."""

    content: bytes = field(repr=False)
    width: int
    height: int
    sha256: str


def cleaned(stream: IO[bytes]) -> CleanImage:
    """The photo in ``stream`` as our own JPEG, upright, at most LONGEST_SIDE pixels long.

    Raises ImageMissing, ImageTooLarge, HeicNotTaken, SvgNotTaken, GifNotTaken, NotAnImage,
    ImagePolyglot, ImageTooManyPixels, ImageAnimated, ImageDamaged, all about the field ``photo``.
    """
    content = stream.read(MOST_BYTES + 1)
    if not content:
        raise ImageMissing(field="photo")
    if len(content) > MOST_BYTES:
        raise ImageTooLarge(field="photo", most_megabytes=MOST_BYTES // 1024 // 1024)
    _require_taken_kind(content)
    _require_nothing_else(content)
    with _DECODING:
        return _encoded(_decoded(content))


_KINDS: Mapping[bytes, str] = {
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"RIFF": "WEBP",
}


def _kind(content: bytes) -> str | None:
    kind = next((name for start, name in _KINDS.items() if content.startswith(start)), None)
    return None if kind == "WEBP" and content[8:12] != b"WEBP" else kind


def _require_taken_kind(content: bytes) -> None:
    if _kind(content):
        return
    head = content[:4096]
    refusals: tuple[tuple[bool, type[Invalid]], ...] = (
        (bool(_HEIC.match(head)), HeicNotTaken),
        (head.startswith((b"GIF87a", b"GIF89a")), GifNotTaken),
        (bool(_SVG.match(head.removeprefix(b"\xef\xbb\xbf"))), SvgNotTaken),
        (True, NotAnImage),
    )
    raise next(refusal for is_it, refusal in refusals if is_it)(field="photo")


def _require_nothing_else(content: bytes) -> None:
    """Raise ImagePolyglot where the file is also something that is not a picture."""
    if _FOREIGN.search(content) or zipfile.is_zipfile(io.BytesIO(content)) or _trails(content):
        raise ImagePolyglot(field="photo")


def _trails(content: bytes) -> bool:
    """Whether something that no camera writes follows the end of the picture."""
    kind = _kind(content)
    if kind == "PNG":
        end = content.find(_PNG_END)
        rest = content[end + len(_PNG_END) :] if end >= 0 else b""
    elif kind == "WEBP":
        declared = 8 + int.from_bytes(content[4:8], "little")
        rest = content[declared + declared % 2 :]
    else:
        rest = content[_jpeg_end(content) :].lstrip(b"\x00")
        if _APPENDED_BY_PHONES.match(rest):
            return False
    return bool(rest.strip(b"\x00\xff\r\n "))


def _jpeg_end(content: bytes) -> int:
    """Where the first picture of a JPEG file ends; the file's length where its end is missing."""
    at = 2
    while at + 4 <= len(content) and content[at] == 0xFF and content[at + 1] != 0xDA:
        # 0xFF before a marker is filling; markers without a length do not stand before the scan.
        at += 1 if content[at + 1] == 0xFF else 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    # Within the scans 0xFF is followed by 0x00, a restart marker, or the next table or scan.
    end = content.find(b"\xff\xd9", at)
    return len(content) if end < 0 else end + 2


def _decoded(content: bytes) -> Image.Image:
    try:
        picture = Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP"))
        _require_one_of_bounded_size(picture)
        # A JPEG is decoded at a half, quarter or eighth where that is still large enough.
        picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        picture.load()
        return _upright(picture)
    except Invalid:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    # The decoders raise almost anything on a broken file.
    except Exception:
        raise ImageDamaged(field="photo") from None


def _require_one_of_bounded_size(picture: Image.Image) -> None:
    if picture.width * picture.height > MOST_PIXELS:
        raise _too_many_pixels()
    # A file of several still pictures (MPO) is what some phones make of one photo.
    if picture.format != "MPO" and getattr(picture, "n_frames", 1) > 1:
        raise ImageAnimated(field="photo")


def _upright(picture: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(picture)
    # What a camera or an app noted beside the pixels may be broken; it is left behind anyhow.
    except Exception:
        return picture


def _too_many_pixels() -> ImageTooManyPixels:
    return ImageTooManyPixels(field="photo", most_megapixels=MOST_PIXELS // 1_000_000)


def _encoded(picture: Image.Image) -> CleanImage:
    """``picture`` on a white canvas of its own, so that nothing but pixels comes along."""
    picture = _eight_bits(picture)
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    canvas = Image.new("RGB", picture.size, "white")
    layered = picture.convert("RGBA") if picture.has_transparency_data else picture.convert("RGB")
    canvas.paste(layered, mask=layered if layered.mode == "RGBA" else None)
    out = io.BytesIO()
    canvas.save(out, "JPEG", quality=QUALITY, optimize=True)
    content = out.getvalue()
    return CleanImage(
        content=content,
        width=canvas.width,
        height=canvas.height,
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Scans with 16 bits of gray keep their upper 8; a plain conversion would make them white."""
    if not picture.mode.startswith("I;16"):
        return picture
    return picture.convert("I").point([value // 256 for value in range(65_536)], "L")
