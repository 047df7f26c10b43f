"""Scanned pages by tesseract (extra `ocr`, and the program tesseract itself)."""

from __future__ import annotations

import io

from vedette.errors import LoadError, MissingExtra


def recognise(picture: bytes) -> str:
    """The text of the picture of one page (any format that Pillow reads), paragraphs divided by empty lines.

    Raises MissingExtra without pytesseract, LoadError where the program tesseract is missing or fails.
    """
    try:
        import pytesseract
        from PIL import Image
    except ImportError as error:
        raise MissingExtra.of("pytesseract", "ocr") from error
    try:
        return str(pytesseract.image_to_string(Image.open(io.BytesIO(picture))))
    except pytesseract.TesseractNotFoundError as error:
        raise LoadError(
            "The program tesseract is not installed; install it with your system's package manager."
        ) from error
    except pytesseract.TesseractError as error:
        raise LoadError(f"tesseract failed ({error}); check its language data.") from error
