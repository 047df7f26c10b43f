from __future__ import annotations

import io
import os
import shutil
import sys

import pytest

from vedette.engines import ocr
from vedette.errors import LoadError, MissingExtra


def picture(text: str) -> bytes:
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("L", (900, 120), 255)
    ImageDraw.Draw(image).text((20, 30), text, fill=0, font=ImageFont.load_default(48))
    out = io.BytesIO()
    image.save(out, format="PPM")
    return out.getvalue()


@pytest.mark.skipif(
    shutil.which("tesseract") is None and "CI" not in os.environ, reason="the program tesseract is not installed"
)
def test_printed_words_are_read() -> None:
    assert "Isolate the host" in ocr.recognise(picture("Isolate the host"), "eng")


def test_a_missing_program_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import pytesseract

    monkeypatch.setattr(pytesseract.pytesseract, "tesseract_cmd", "no-such-tesseract")
    with pytest.raises(LoadError, match="program tesseract is not installed"):
        ocr.recognise(picture("x"), "eng")


def test_a_missing_library_gives_the_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pytesseract", None)
    with pytest.raises(MissingExtra, match=r"pip install 'vedette\[ocr\]'"):
        ocr.recognise(b"", "eng")
