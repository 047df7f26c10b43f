"""XML that may be hostile."""

from __future__ import annotations

from typing import Any

from vedette.errors import BadInput


def tree(content: bytes, file: str) -> Any:
    """The root element. Raises BadInput for what is not XML, or declares entities, by which small files become huge."""
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        return fromstring(content)
    except DefusedXmlException as error:
        raise BadInput(f"{file} declares XML entities, which no scan or graph needs; it is not read.") from error
    except ParseError as error:
        raise BadInput(f"{file} is not XML that can be read: {error}.") from error
    except (ValueError, LookupError) as error:
        raise BadInput(f"{file} is in an encoding that cannot be read; save it as UTF-8.") from error
