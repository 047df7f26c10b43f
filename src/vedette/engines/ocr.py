"""Scanned pages by tesseract (extra `ocr`, and the program tesseract itself)."""

from __future__ import annotations

import io

from vedette.errors import LoadError, MissingExtra


def recognise(picture: bytes, languages: str) -> str:
    """The text of the picture of one page (any format that Pillow reads), paragraphs divided by empty lines.

    `languages` are tesseract's names of them, joined by `+`. Raises MissingExtra without pytesseract, LoadError where
    the program tesseract or its data of a language is missing, or fails.
    """
    try:
        import pytesseract
        from PIL import Image
    except ImportError as error:
        raise MissingExtra.of("pytesseract", "ocr") from error
    try:
        return str(pytesseract.image_to_string(Image.open(io.BytesIO(picture)), lang=languages))
    except pytesseract.TesseractNotFoundError as error:
        raise LoadError(
            "The program tesseract is not installed; install it with your system's package manager."
        ) from error
    except pytesseract.TesseractError as error:
        if "Failed loading language" in error.message:
            raise LoadError(
                f"tesseract lacks the data of a language of '{languages}'; install it (on Debian: tesseract-ocr-spa "
                "and the like) or correct ingest.ocr_languages."
            ) from error
        raise LoadError(f"tesseract failed ({error.message}); try the page in tesseract itself.") from error
