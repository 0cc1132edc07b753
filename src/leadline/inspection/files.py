"""The files that somebody gives: files, folders, and what lies inside of zip archives.

Archives come from strangers, so unpacking is bounded in every direction: how many members, how
many bytes, how much larger than packed, how deep archives lie in archives. Members are written
under names of ours, never under theirs.
"""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from leadline.errors import UsageError
from leadline.inspection.recognition import Unread

MAX_FILES = 100_000  # of a run; a Slack export of ten years and 25 busy channels has 91,000
MAX_MEMBER_BYTES = 8 << 30
MAX_ARCHIVE_BYTES = 16 << 30
MAX_RATIO = 250  # unpacked to packed; exports with the most repetition stay below 100
RATIO_FROM_BYTES = 32 << 20  # below, a high ratio does no harm
MAX_NESTING = 2  # archives in an archive
_BLOCK = 1 << 20

_IGNORED = {"thumbs.db", "desktop.ini", "__macosx", "node_modules"}
# What zipfile raises for bytes that are no archive, or for a way of packing that it lacks.
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
)
_OFFICE = ("[Content_Types].xml", "mimetype")


@dataclass(frozen=True, slots=True)
class Found:
    """One file to read. ``path`` is what people are shown, ``disk`` where its bytes lie.

    ``modified`` is the time of the file, or of the member as its archive tells it. ``top``
    tells a file that was given itself, or that lies directly in a folder given; what lies in an
    archive came from somebody else and says nothing about how to read.
    """

    path: str
    disk: Path
    size: int
    modified: datetime
    top: bool = False


@dataclass(slots=True)
class Walk:
    """What was found, and what was left out, with the reason."""

    found: list[Found] = field(default_factory=list[Found])
    unread: list[Unread] = field(default_factory=list[Unread])
    unpacked: int = 0


def walk(paths: Sequence[Path], scratch: Path) -> Walk:
    """Find every file under ``paths``; archives are unpacked into ``scratch``.

    Raises UsageError for a path that is not there.
    """
    result = Walk()
    names = [path.resolve().name for path in paths]
    for path in paths:
        if not path.exists():
            raise UsageError("There is no such file or folder.", str(path), "Check the path.")
        name = path.resolve().name or str(path)
        shown = name if names.count(path.resolve().name) == 1 else path.as_posix()
        if path.is_dir():
            for file in _files_of(path):
                inside = file.relative_to(path)
                _take(file, f"{shown}/{inside.as_posix()}", scratch, result, len(inside.parts) == 1)
        else:
            _take(path, shown, scratch, result, top=True)
    return result


def _files_of(folder: Path) -> Iterator[Path]:
    """Files below, in the order of their names; links to folders are not followed."""
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith(".") or entry.name.lower() in _IGNORED:
            continue
        if entry.is_dir():
            if not entry.is_symlink():
                yield from _files_of(entry)
        else:
            yield entry


def _take(file: Path, shown: str, scratch: Path, result: Walk, top: bool) -> None:  # noqa: FBT001
    if len(result.found) >= MAX_FILES:
        _once(result, Unread(shown, f"Only {MAX_FILES:,} files are read at once.", "Give fewer."))
        return
    try:
        about = file.stat()
        if not stat.S_ISREG(about.st_mode):
            result.unread.append(Unread(shown, "This is no regular file.", "Leave it out."))
            return
        archive = is_archive(file)
    except OSError as error:
        what = f"The file cannot be opened ({error.strerror or 'no reason given'})."
        result.unread.append(Unread(shown, what, "Check its permissions and give it again."))
        return
    modified = datetime.fromtimestamp(about.st_mtime, UTC)
    if archive:
        _unpack(Found(shown, file, about.st_size, modified, top), scratch, result, depth=1)
    else:
        result.found.append(Found(shown, file, about.st_size, modified, top))


def is_archive(file: Path) -> bool:
    """Whether it is a zip archive that is no workbook."""
    with file.open("rb") as stream:
        if stream.read(4) not in {b"PK\x03\x04", b"PK\x05\x06"}:
            return False
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist()[:1000])
    except (zipfile.BadZipFile, ValueError, RuntimeError):
        return True
    return not any(name in names for name in _OFFICE)


def _unpack(packed: Found, scratch: Path, result: Walk, depth: int) -> None:
    try:
        with zipfile.ZipFile(packed.disk) as archive:
            members = [m for m in archive.infolist() if not m.is_dir() and _wanted(m.filename)]
            if len(members) + len(result.found) > MAX_FILES:
                what = f"The archive holds {len(members):,} files; {MAX_FILES:,} are read at most."
                result.unread.append(Unread(packed.path, what, "Unpack it and give a part."))
                return
            total = 0
            for member in members:
                total += _member(archive, member, packed, scratch, result, depth)
                if total > MAX_ARCHIVE_BYTES:
                    what = (
                        f"It unpacks to more than {MAX_ARCHIVE_BYTES >> 30} GB; the rest is left."
                    )
                    result.unread.append(Unread(packed.path, what, "Unpack it and give a part."))
                    return
    except _DAMAGED:
        what = "The archive is damaged or cut off; what lies behind the damage is not read."
        result.unread.append(Unread(packed.path, what, "Download it again."))


def _wanted(name: str) -> bool:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return not any(
        (part.startswith(".") and part != "..") or part.lower() in _IGNORED for part in parts
    )


def _member(
    archive: zipfile.ZipFile,
    member: zipfile.ZipInfo,
    packed: Found,
    scratch: Path,
    result: Walk,
    depth: int,
) -> int:
    """Unpack one member; return its bytes."""
    shown = f"{packed.path}!{_printable(member.filename)}"
    if member.flag_bits & 1:
        what = "This part of the archive is locked by a password."
        result.unread.append(Unread(shown, what, "Give it unpacked."))
        return 0
    result.unpacked += 1
    target = scratch / f"member-{result.unpacked}"
    try:
        size, bomb = _write(archive, member, target)
    except _DAMAGED:
        target.unlink(missing_ok=True)
        result.unread.append(
            Unread(shown, "This part of the archive is damaged.", "Pack it again.")
        )
        return 0
    if bomb:
        target.unlink()
        what = f"It unpacks to more than {MAX_RATIO} times its size, as only a zip bomb does."
        result.unread.append(Unread(shown, what, "Leave it out, or give it unpacked."))
        return size
    inner = Found(shown, target, size, _member_time(member, packed.modified))
    if not is_archive(target):
        result.found.append(inner)
    elif depth >= MAX_NESTING:
        what = f"It is an archive {depth + 1} levels deep; {MAX_NESTING} are opened."
        result.unread.append(Unread(shown, what, "Unpack it and give what is inside."))
    else:
        _unpack(inner, scratch, result, depth + 1)
    return size


def _write(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> tuple[int, bool]:
    """Write a member's bytes and count them: what the archive says of its size is not believed."""
    size = 0
    with archive.open(member) as source, target.open("wb") as out:
        while block := source.read(_BLOCK):
            size += len(block)
            inflated = size > RATIO_FROM_BYTES and size > MAX_RATIO * max(member.compress_size, 1)
            if inflated or size > MAX_MEMBER_BYTES:
                return size, True
            out.write(block)
    return size, False


def _member_time(member: zipfile.ZipInfo, otherwise: datetime) -> datetime:
    """The member's own time; archives without one say 1980."""
    try:
        told = datetime(*member.date_time, tzinfo=UTC)
    except ValueError:
        return otherwise
    return told if told.year > 1980 else otherwise


def _printable(name: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in name)[:300]


def _once(result: Walk, unread: Unread) -> None:
    if not any(known.what == unread.what for known in result.unread):
        result.unread.append(unread)
