"""QR pictures, always black on white: PNG for clients, SVG for pages and paper."""

from __future__ import annotations

import io
from xml.etree import ElementTree

import qrcode
from qrcode.image.svg import SvgPathImage

ElementTree.register_namespace("", "http://www.w3.org/2000/svg")

#: Modules of white around the code; scanners need four.
QUIET_ZONE = 4


def _code(payload: str) -> qrcode.QRCode:
    code = qrcode.QRCode(
        error_correction=qrcode.constants.ERROR_CORRECT_M, border=QUIET_ZONE, box_size=8
    )
    code.add_data(payload)
    code.make(fit=True)
    return code


def png(payload: str) -> bytes:
    """A PNG file."""
    buffer = io.BytesIO()
    _code(payload).make_image().save(buffer, format="PNG")
    return buffer.getvalue()


def svg(payload: str) -> str:
    """An ``<svg>`` element with class "qr", scaled by its view box."""
    image = _code(payload).make_image(image_factory=SvgPathImage)
    element = image.get_image()
    for attribute in ("width", "height"):
        element.attrib.pop(attribute, None)
    element.set("class", "qr")
    return ElementTree.tostring(element, encoding="unicode")
