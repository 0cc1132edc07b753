"""The JSON text of a definition; of one that breaks off, the entries that are whole."""

from __future__ import annotations

import json
import re
from typing import cast

from leadline.inspection.recognition import Unread

# Lists that hold one definition an entry, in the answers and exports of the vendors.
_LIST = re.compile(r'^\s*\[|"(?:results|workflows|flows|data|campaigns|automations)"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*")
_AGAIN = "Export it again; a whole file ends with the bracket that it begins with."


def parse(content: str, path: str) -> tuple[object, tuple[Unread, ...]]:
    """The document in a JSON text, and what of it is lost; None where nothing can be read.

    Where the text breaks off inside of a list of definitions, those that are whole are given
    as a list. Python reads no whole number of more than 4,300 digits, and no nesting of more
    than about 1,000 levels: such a text is named.
    """
    text = content.removeprefix("\ufeff")
    try:
        return cast("object", json.loads(text)), ()
    except RecursionError:
        what = "The JSON is nested deeper than any definition is, and is not read."
        return None, (Unread(path, what, "Export the definition again."),)
    except json.JSONDecodeError as error:
        return _whole_entries(text, path, error)
    except ValueError:
        what = "The JSON holds a number of more than 4,300 digits, and is not read."
        return None, (Unread(path, what, "Export the definition again."),)


def _whole_entries(
    text: str, path: str, error: json.JSONDecodeError
) -> tuple[object, tuple[Unread, ...]]:
    where = f"{path}, line {error.lineno}"
    found = _entries(text)
    if not found:
        return None, (Unread(where, "The JSON breaks off or is broken here.", _AGAIN),)
    count = f"{len(found)} entries before it are" if len(found) > 1 else "the entry before it is"
    what = f"The JSON breaks off or is broken here: {count} whole and read, the rest is lost."
    return found, (Unread(where, what, _AGAIN),)


def _entries(text: str) -> list[object]:
    """The whole objects from the beginning of the first list of definitions."""
    begins = _LIST.search(text)
    if begins is None:
        return []
    decoder = json.JSONDecoder()
    found: list[object] = []
    place = begins.end()
    while True:
        match = _BETWEEN.match(text, place)
        place = match.end() if match else place
        try:
            entry, place = cast("tuple[object, int]", decoder.raw_decode(text, place))
        except (ValueError, RecursionError):
            return found
        if isinstance(entry, dict):
            found.append(cast("object", entry))
