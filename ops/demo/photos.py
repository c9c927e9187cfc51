"""Photos for claims of the demo: small drawn scenes, so that nobody's picture is needed."""

from __future__ import annotations

import io
import random

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 640, 480
_SKIES = ((178, 205, 226), (205, 214, 220), (228, 214, 190))
_GROUNDS = ((216, 222, 224), (150, 152, 140), (128, 146, 110))
_WALLS = ((196, 164, 132), (214, 206, 190), (168, 120, 96))


def scene(rng: random.Random) -> bytes:
    """A courtyard with houses and trees, marked as a demo; JPEG of 640 × 480 pixels."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), rng.choice(_SKIES))
    draw = ImageDraw.Draw(picture)
    horizon = rng.randint(250, 310)
    draw.rectangle((0, horizon, WIDTH, HEIGHT), fill=rng.choice(_GROUNDS))
    for left in range(rng.randint(-80, 0), WIDTH, 170):
        _house(draw, rng, left=left, base=horizon + 12)
    for _ in range(rng.randint(2, 5)):
        _tree(draw, rng, base=horizon + rng.randint(15, 80))
    draw.text((12, HEIGHT - 34), "DEMO", fill=(70, 70, 70), font_size=24)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=80)
    return buffer.getvalue()


def _house(draw: ImageDraw.ImageDraw, rng: random.Random, *, left: int, base: int) -> None:
    top = base - rng.randint(110, 190)
    draw.rectangle((left, top, left + 140, base), fill=rng.choice(_WALLS))
    for row in range(top + 14, base - 30, 40):
        for column in range(left + 14, left + 120, 34):
            draw.rectangle((column, row, column + 18, row + 22), fill=(92, 110, 126))


def _tree(draw: ImageDraw.ImageDraw, rng: random.Random, *, base: int) -> None:
    middle, size = rng.randint(20, WIDTH - 20), rng.randint(22, 44)
    draw.rectangle((middle - 4, base - size, middle + 4, base), fill=(96, 74, 56))
    box = (middle - size, base - 3 * size, middle + size, base - size + 6)
    draw.ellipse(box, fill=(84, 116 + rng.randint(-14, 14), 78))
