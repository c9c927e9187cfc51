"""Photos that people send: what is taken is made anew, what is hostile is refused by its name."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
import zlib

import pytest
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from kernel import image_errors, images
from kernel.errors import Invalid

PLACE = "N 38.416, E 112.734"
ORIENTATION, MAKE, GPS = 0x0112, 0x010F, 0x8825


def picture(size: tuple[int, int] = (60, 40), mode: str = "RGB") -> Image.Image:
    """A picture whose left half is red and right half is blue."""
    made = Image.new(mode, size, "blue")
    ImageDraw.Draw(made).rectangle((0, 0, size[0] // 2 - 1, size[1]), fill="red")
    return made


def saved(made: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    made.save(buffer, kind, **options)  # type: ignore[arg-type]
    return buffer.getvalue()


JPEG = saved(picture(), "JPEG")
PNG = saved(picture(), "PNG")
WEBP = saved(picture(), "WEBP")


def cleaned(content: bytes) -> images.CleanImage:
    return images.cleaned(io.BytesIO(content))


def opened(clean: images.CleanImage) -> Image.Image:
    return Image.open(io.BytesIO(clean.content))


def archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        made.writestr("program.js", "alert(1)")
    return buffer.getvalue()


def animated(kind: str) -> bytes:
    frames = [picture(), Image.new("RGB", (60, 40), "green")]
    return saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few kilobytes that unpacks to width × height pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    packer = zlib.compressobj(9)
    row = bytes(width + 1)
    body = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    )


def with_segment(marker: int, data: bytes) -> bytes:
    """JPEG with a segment of its own after the first two bytes."""
    return JPEG[:2] + struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data + JPEG[2:]


class TestTaken:
    @pytest.mark.parametrize("content", [JPEG, PNG, WEBP], ids=["jpeg", "png", "webp"])
    def test_becomes_a_jpeg_of_our_own(self, content: bytes) -> None:
        clean = cleaned(content)
        shown = opened(clean)
        assert (shown.format, shown.size) == ("JPEG", (60, 40))
        assert clean.sha256 == hashlib.sha256(clean.content).hexdigest()
        assert (clean.width, clean.height) == (60, 40)

    def test_place_and_device_do_not_survive(self) -> None:
        exif = Image.Exif()
        exif[MAKE] = "Camera of Zhang San"
        exif.get_ifd(GPS)[1] = "N"
        exif.get_ifd(GPS)[2] = (38.0, 24.0, 57.0)
        content = saved(
            picture(), "JPEG", exif=exif, comment=PLACE, icc_profile=b"profile of Zhang San"
        )
        content = content[:2] + with_segment(0xED, b"Photoshop 3.0\x00" + PLACE.encode())[2:]
        before = Image.open(io.BytesIO(saved(picture(), "JPEG", exif=exif)))
        assert dict(before.getexif().get_ifd(GPS)), "the test's own photo says where it was taken"
        clean = cleaned(content)
        shown = opened(clean)
        assert dict(shown.getexif()) == {}
        assert set(shown.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert b"Zhang San" not in clean.content
        assert PLACE.encode() not in clean.content
        assert b"Exif" not in clean.content

    def test_texts_of_a_png_do_not_survive(self) -> None:
        notes = PngInfo()
        notes.add_text("Location", PLACE)
        assert PLACE.encode() not in cleaned(saved(picture(), "PNG", pnginfo=notes)).content

    def test_a_lying_photo_is_set_upright(self) -> None:
        exif = Image.Exif()
        exif[ORIENTATION] = 6  # the camera was turned: show it rotated by 90 degrees clockwise
        shown = opened(cleaned(saved(picture(), "JPEG", exif=exif, quality=95)))
        assert shown.size == (40, 60)
        red, _, blue = shown.getpixel((20, 5))  # type: ignore[misc]
        assert red > 200, "what was left is above now"
        assert blue < 60

    def test_the_longest_side_is_bounded(self) -> None:
        for size, expected in [
            ((4000, 1000), (2000, 500)),
            ((1000, 4001), (500, 2000)),
            ((2000, 2000), (2000, 2000)),
        ]:
            clean = cleaned(saved(picture(size), "JPEG"))
            assert (clean.width, clean.height) == expected

    def test_what_is_transparent_becomes_white(self) -> None:
        shown = opened(cleaned(saved(Image.new("RGBA", (8, 8), (255, 0, 0, 0)), "PNG")))
        assert min(shown.getpixel((4, 4))) > 250  # type: ignore[arg-type]

    @pytest.mark.parametrize("mode", ["L", "P", "1", "CMYK"])
    def test_other_color_modes_are_taken(self, mode: str) -> None:
        kind = "JPEG" if mode == "CMYK" else "PNG"
        assert opened(cleaned(saved(Image.new(mode, (8, 8)), kind))).mode == "RGB"

    def test_a_scan_with_16_bits_of_gray_keeps_its_grays(self) -> None:
        scan = Image.new("I;16", (8, 8), 0x8000)
        assert opened(cleaned(saved(scan, "PNG"))).getpixel((4, 4)) == (128, 128, 128)

    def test_broken_notes_of_a_camera_do_not_spoil_the_photo(self) -> None:
        content = saved(picture(), "PNG")
        broken = content.replace(chunk(b"IEND", b""), chunk(b"eXIf", b"?!") + chunk(b"IEND", b""))
        assert cleaned(broken).width == 60

    def test_what_phones_append_is_taken_and_left_behind(self) -> None:
        film = b"\x00\x00\x00\x18ftypmp42" + b"film" * 100
        for content in (JPEG + film, JPEG + JPEG, JPEG + b"\x00" * 64):
            assert b"film" not in cleaned(content).content

    def test_the_camera_s_own_xmp_is_no_program(self) -> None:
        xmp = b"http://ns.adobe.com/xap/1.0/\x00<?xpacket begin=''?><x:xmpmeta/><?xpacket end='w'?>"
        assert b"xmpmeta" not in cleaned(with_segment(0xE1, xmp)).content


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
REFUSED: dict[str, tuple[bytes, type[Invalid]]] = {
    "nothing": (b"", image_errors.ImageMissing),
    "text": (b"this is not a photo", image_errors.NotAnImage),
    "program": (b"MZ\x90\x00" + bytes(500), image_errors.NotAnImage),
    "archive": (archive(), image_errors.NotAnImage),
    "bmp": (saved(picture(), "BMP"), image_errors.NotAnImage),
    "tiff": (saved(picture(), "TIFF"), image_errors.NotAnImage),
    "sound in riff": (b"RIFF\x24\x00\x00\x00WAVEfmt ", image_errors.NotAnImage),
    "heic": (b"\x00\x00\x00\x18ftypheic" + bytes(100), image_errors.HeicNotTaken),
    "gif": (saved(picture(), "GIF"), image_errors.GifNotTaken),
    "animated gif": (animated("GIF"), image_errors.GifNotTaken),
    "svg": (SVG, image_errors.SvgNotTaken),
    "svg with prolog": (
        b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- a drawing -->" + SVG,
        image_errors.SvgNotTaken,
    ),
    "animated png": (animated("PNG"), image_errors.ImageAnimated),
    "animated webp": (animated("WEBP"), image_errors.ImageAnimated),
    "jpeg and archive": (JPEG + archive(), image_errors.ImagePolyglot),
    "png and archive": (PNG + archive(), image_errors.ImagePolyglot),
    "jpeg and page": (JPEG + b"<html><body>x</body></html>", image_errors.ImagePolyglot),
    "jpeg and program": (JPEG + b"MZ\x90\x00 anything", image_errors.ImagePolyglot),
    "jpeg with svg": (with_segment(0xFE, SVG), image_errors.ImagePolyglot),
    "jpeg with php": (with_segment(0xFE, b"<?php system('x'); ?>"), image_errors.ImagePolyglot),
    "pdf in jpeg": (with_segment(0xFE, b"%PDF-1.7 1 0 obj"), image_errors.ImagePolyglot),
    "webp and more": (WEBP + b"var x = 1;", image_errors.ImagePolyglot),
    "png and more": (PNG + b"var x = 1;", image_errors.ImagePolyglot),
    "truncated jpeg": (saved(picture((900, 900)), "JPEG")[:4000], image_errors.ImageDamaged),
    "truncated png": (PNG[: len(PNG) // 2], image_errors.ImageDamaged),
    "truncated webp": (WEBP[: len(WEBP) // 2], image_errors.ImageDamaged),
    "only a beginning": (JPEG[:20], image_errors.ImageDamaged),
}


class TestRefused:
    @pytest.mark.parametrize("name", REFUSED)
    def test_by_its_own_name(self, name: str) -> None:
        content, refusal = REFUSED[name]
        with pytest.raises(Invalid) as refused:
            cleaned(content)
        assert type(refused.value) is refusal
        assert refused.value.field == "photo"

    def test_too_many_bytes(self) -> None:
        with pytest.raises(image_errors.ImageTooLarge):
            cleaned(JPEG + bytes(images.MOST_BYTES))

    @pytest.mark.parametrize("size", [(10_000, 5_000), (8_160, 6_144), (20_000, 20_000)])
    def test_too_many_pixels_before_they_are_decoded(
        self, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def must_not_decode(_picture: Image.Image) -> None:
            raise AssertionError("decoded")

        content = bomb(*size)
        assert len(content) < 500_000
        monkeypatch.setattr(Image.Image, "load", must_not_decode)
        with pytest.raises(image_errors.ImageTooManyPixels):
            cleaned(content)

    def test_no_more_than_needed_is_read(self) -> None:
        endless = io.BytesIO(bytes(images.MOST_BYTES * 2))
        with pytest.raises(image_errors.ImageTooLarge):
            images.cleaned(endless)
        assert endless.tell() == images.MOST_BYTES + 1

    def test_every_refusal_says_what_to_do_in_both_languages(self) -> None:
        refusals = [value for value in vars(image_errors).values() if isinstance(value, type)]
        for refusal in refusals:
            if issubclass(refusal, Invalid) and refusal is not Invalid:
                error = refusal(field="photo", most_megabytes=8, most_megapixels=40)
                assert error.sentence("zh").endswith("。")
                assert error.sentence("en").endswith(".")
