"""How the bytes of a text file are to be read: in which encoding, with which damage.

One pass over the whole file in blocks; nothing is decoded twice but what is not UTF-8.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

from leadline.inspection.nature import looks_utf16

BLOCK = 4 << 20
MAX_LINE = 1 << 20  # bytes; the longest honest row, a message with its thread, has about 100 KB
_SAMPLE = 256 << 10
# What stands in Western European text outside of ASCII, in the bytes of Windows-1252.
_WESTERN = frozenset(
    "äöüÄÖÜßéèêëàâáãåæçñóòôõøœíìîïúùûýÿÉÈÊËÀÂÁÃÅÆÇÑÓÒÔÕØŒÍÌÎÏÚÙÛÝ€£§°²³µ·«»¿¡–—‘’‚“”„…•™®©\xa0"
)


@dataclass(frozen=True, slots=True)
class Encoding:
    """What was seen. ``name`` is a codec's, or "mixed" (UTF-8, some lines Windows-1252).

    ``nul`` counts NUL bytes; ``long_line`` is the number of the first line over MAX_LINE, and
    ``long_bytes`` its least length; ``returns_only``: lines end with a carriage return alone.
    """

    name: str
    nul: int = 0
    long_line: int | None = None
    long_bytes: int = 0
    returns_only: bool = False

    @property
    def plain(self) -> bool:
        """Whether the bytes can be given to DuckDB as they are."""
        return (
            self.name == "utf-8" and not self.nul and not self.long_line and not self.returns_only
        )


def look(file: Path) -> Encoding:
    """Read ``file`` once and tell how its text is to be read."""
    with file.open("rb") as stream:
        head = stream.read(_SAMPLE)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Encoding("utf-16")
    if looks_utf16(head):
        return Encoding("utf-16-le" if head[1::2].count(0) > head[0::2].count(0) else "utf-16-be")
    nul, lines, longest, long_line, current = 0, 0, 0, None, 0
    decoder = codecs.getincrementaldecoder("utf-8")()
    valid = True
    with file.open("rb") as stream:
        while block := stream.read(BLOCK):
            nul += block.count(0)
            if valid:
                valid = _decodes(decoder, block)
            before = current
            current, over = _longest(block, before)
            longest = max(longest, over)
            if over > MAX_LINE and long_line is None:
                long_line = lines + 1 + _lines_before_long(block, before)
            lines += block.count(b"\n")
    if valid:
        valid = _decodes(decoder, b"", last=True)
    returns_only = b"\n" not in head and b"\r" in head and lines == 0
    name = "utf-8" if valid else _legacy(file)
    return Encoding(name, nul, None if returns_only else long_line, longest, returns_only)


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes, *, last: bool = False) -> bool:
    try:
        decoder.decode(block, last)
    except UnicodeDecodeError:
        return False
    return True


def _longest(block: bytes, before: int) -> tuple[int, int]:
    """The length of the line that the block leaves open, and the longest that passed MAX_LINE."""
    first = block.find(b"\n")
    if first < 0:
        return before + len(block), before + len(block)
    longest = before + first
    at = first + 1
    while at < len(block):
        end = block.rfind(b"\n", at, at + MAX_LINE + 1)
        if end >= 0:
            at = end + 1
            continue
        end = block.find(b"\n", at)
        if end < 0:
            return len(block) - at, max(longest, len(block) - at)
        longest = max(longest, end - at)
        at = end + 1
    return 0, longest


def _lines_before_long(block: bytes, before: int) -> int:
    """How many lines of the block come before its first long one."""
    for number, line in enumerate(block.split(b"\n")):
        if len(line) + (before if number == 0 else 0) > MAX_LINE:
            return number
    return 0


def _legacy(file: Path) -> str:
    """The encoding of a file that is not UTF-8."""
    foreign, genuine = _odd_lines(file)
    if genuine > max(2, len(foreign) // 50):
        return "mixed"
    sample = b"\n".join(foreign)
    text = sample.decode("cp1252", errors="replace")
    odd = [c for c in text if ord(c) > 127]
    if sum(c in _WESTERN for c in odd) >= len(odd) * 0.95:
        return "cp1252"
    return _guess(sample) or "cp1252"


def _odd_lines(file: Path) -> tuple[list[bytes], int]:
    """Lines that are not UTF-8 (a sample), and how many lines hold real UTF-8 beside them."""
    foreign: list[bytes] = []
    genuine = size = 0
    with file.open("rb") as stream:
        while (line := stream.readline(MAX_LINE)) and size < _SAMPLE:
            if line.isascii():
                continue
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                foreign.append(line.rstrip(b"\r\n"))
                size += len(line)
            else:
                genuine += 1
    return foreign, genuine


def _guess(sample: bytes) -> str | None:
    from charset_normalizer import from_bytes  # noqa: PLC0415 - slow to import, rarely needed

    best = from_bytes(sample[:_SAMPLE]).best()
    if best is None or best.encoding in {"ascii", "utf_8"}:
        return None
    return best.encoding


def rewrite(file: Path, encoding: Encoding, target: Path) -> int:
    """Write ``file`` as UTF-8 without NUL characters, block by block; return characters lost.

    For one encoding in the whole file and no long lines; anything else is mended line by line.
    """
    lost = 0
    decoder = codecs.getincrementaldecoder(codec_of(encoding))(errors="replace")
    with file.open("rb") as source, target.open("w", encoding="utf-8", newline="") as out:
        while True:
            block = source.read(BLOCK)
            text = decoder.decode(block, not block)
            if "\0" in text:
                text = text.replace("\0", "")
            if encoding.returns_only:
                text = text.replace("\r", "\n")
            lost += text.count("\ufffd")
            out.write(text)
            if not block:
                return lost


def codec_of(encoding: Encoding) -> str:
    """The codec to decode with; a mark at the start of UTF-8 is dropped."""
    return "utf-8-sig" if encoding.name == "utf-8" else encoding.name


def text_of(line: bytes, encoding: Encoding) -> str:
    """One line of a file whose lines are decoded each by itself."""
    if encoding.name == "mixed":
        try:
            return line.decode("utf-8").replace("\0", "")
        except UnicodeDecodeError:
            return line.decode("cp1252", errors="replace").replace("\0", "")
    return line.decode(codec_of(encoding), errors="replace").replace("\0", "")


def head_of(file: Path, encoding: Encoding, size: int = _SAMPLE) -> str:
    """The first ``size`` bytes as text, cut at the end of a line where there is one."""
    with file.open("rb") as stream:
        raw = stream.read(size)
    text = _text_of_block(raw, encoding).replace("\0", "").removeprefix("\ufeff")
    if encoding.returns_only:
        text = text.replace("\r", "\n")
    if len(raw) == size and "\n" in text:
        text = text[: text.rindex("\n") + 1]
    return text


def _text_of_block(raw: bytes, encoding: Encoding) -> str:
    if encoding.name == "mixed":
        return "".join(text_of(line, encoding) for line in raw.splitlines(keepends=True))
    return codecs.getincrementaldecoder(codec_of(encoding))(errors="replace").decode(raw)
