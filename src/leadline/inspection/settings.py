"""What a person says of the files: ``--as SHAPE FILE`` and ``inspect.yaml``.

    files:
      crm/people.csv:
        as: hubspot-contacts
        columns: { Mail privat: email, Bemerkung: other }
      "*.tsv": { as: plain-contacts }
    tiers:
      hubspot: professional

What is said wins over what is recognised. What is said wrongly is refused, not passed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from types import MappingProxyType

from leadline.audit.tables import Meaning
from leadline.errors import UsageError
from leadline.ledger import vendor_limits
from leadline.project.nodes import Entry, MapNode, Node, TextNode, compose
from leadline.project.problems import Report, Where, did_you_mean, quoted

FILE = "inspect.yaml"
MAX_BYTES = 1 << 20  # a thousand files with ten columns each have 0.4 MB

_NONE: Mapping[str, Meaning] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Override:
    """What is said of the files that ``pattern`` names: a path, its end, or a glob."""

    pattern: str
    shape: str | None = None
    columns: Mapping[str, Meaning] = field(default_factory=lambda: _NONE)
    where: str = "--as"

    def fits(self, path: str, disk: Path) -> bool:
        """Whether it is about the file shown as ``path`` that lies at ``disk``."""
        said = self.pattern
        if path == said or path.endswith((f"/{said}", f"!{said}")) or fnmatchcase(path, said):
            return True
        if any(sign in said for sign in "*?["):
            return fnmatchcase(path.rpartition("/")[2], said)
        return Path(said).is_absolute() and Path(said) == disk.resolve()


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that was said, the strongest first; ``tiers``: the team's own by vendor."""

    overrides: tuple[Override, ...] = ()
    tiers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, path: str, disk: Path) -> Override | None:
        """What is said of one file: the first shape and the columns of every saying."""
        fitting = [each for each in self.overrides if each.fits(path, disk)]
        if not fitting:
            return None
        columns: dict[str, Meaning] = {}
        for each in reversed(fitting):
            columns.update(each.columns)
        shape = next((each.shape for each in fitting if each.shape), None)
        return Override(fitting[0].pattern, shape, MappingProxyType(columns), fitting[0].where)


NOTHING_SAID = Settings()


def asked(shapes: Mapping[Path, str], known: Sequence[str]) -> Settings:
    """What ``--as SHAPE FILE`` says. Raises UsageError for a shape that is not known."""
    overrides: list[Override] = []
    for file, shape in shapes.items():
        if shape not in known:
            fix = did_you_mean(shape, known, "The shapes are listed by leadline inspect --how.")
            raise UsageError(f"There is no shape {quoted(shape)}.", "--as", fix)
        pattern = str(file.resolve()) if file.exists() else file.as_posix()
        overrides.append(Override(pattern, shape))
    return Settings(tuple(overrides))


def joined(settings: Iterable[Settings]) -> Settings:
    """Several as one; what comes first wins."""
    said = list(settings)
    tiers = {vendor: tier for some in reversed(said) for vendor, tier in some.tiers.items()}
    overrides = tuple(each for some in said for each in some.overrides)
    return Settings(overrides, MappingProxyType(tiers))


def parse(text: str, file: str, known: Sequence[str]) -> Settings:
    """Read ``inspect.yaml``. Raises UsageError that lists everything wrong in it."""
    report = Report()
    root = compose(file, text, report)
    overrides: list[Override] = []
    tiers: dict[str, str] = {}
    for entry in _entries(root, file, report) if root is not None else ():
        if entry.key.value == "files":
            for each in _entries(entry.value, file, report):
                overrides.append(_override(each, known, report))
        elif entry.key.value == "tiers":
            tiers = _tiers(entry.value, file, report)
        else:
            fix = 'Known here are "files" and "tiers".'
            report.error("unknown-key", entry.key.where, _unknown(entry), fix)
    if report.has_errors:
        raise UsageError("\n".join(str(problem) for problem in report.problems()))
    return Settings(tuple(overrides), MappingProxyType(tiers))


def _tiers(node: Node, file: str, report: Report) -> dict[str, str]:
    """The team's own tiers; both names must be of those whose limits are known."""
    tiers: dict[str, str] = {}
    for entry in _entries(node, file, report):
        vendor = entry.key.value
        known = vendor_limits.INSPECTED.get(vendor)
        if known is None:
            fix = did_you_mean(vendor, list(vendor_limits.INSPECTED), "Names are in lower case.")
            message = f"the limits of {quoted(vendor)} are not known."
            report.error("unknown-vendor", entry.key.where, message, fix)
            continue
        tier = entry.value.value if isinstance(entry.value, TextNode) else ""
        if tier not in known.tiers:
            fix = did_you_mean(tier, list(known.tiers), f"Known are {', '.join(known.tiers)}.")
            message = f"{vendor} has no tier {quoted(tier)}."
            report.error("unknown-tier", entry.value.where, message, fix)
            continue
        tiers[vendor] = tier
    return tiers


def _entries(node: Node, file: str, report: Report) -> tuple[Entry, ...]:
    if isinstance(node, MapNode):
        return node.entries
    where = node.where if node.where.file else Where(file)
    report.error(
        "not-a-map",
        where,
        "A list of names with values was expected here.",
        'Write it as "name: value", one a line.',
    )
    return ()


def _unknown(entry: Entry) -> str:
    return f"unknown key {quoted(entry.key.value)}."


def _override(entry: Entry, known: Sequence[str], report: Report) -> Override:
    shape: str | None = None
    columns: dict[str, Meaning] = {}
    where = entry.key.where
    for each in _entries(entry.value, where.file, report):
        if each.key.value == "as" and isinstance(each.value, TextNode):
            shape = each.value.value
            if shape not in known:
                fix = did_you_mean(shape, known, "The shapes are listed by leadline inspect --how.")
                report.error(
                    "unknown-shape", each.value.where, f"there is no shape {quoted(shape)}.", fix
                )
        elif each.key.value == "columns":
            columns = _columns(each.value, where.file, report)
        else:
            fix = 'Known are "as" with a shape, and "columns".'
            report.error("unknown-key", each.key.where, _unknown(each), fix)
    return Override(entry.key.value, shape, MappingProxyType(columns), f"{where.file}:{where.line}")


def _columns(node: Node, file: str, report: Report) -> dict[str, Meaning]:
    words = [meaning.value for meaning in Meaning]
    columns: dict[str, Meaning] = {}
    for entry in _entries(node, file, report):
        value = entry.value.value if isinstance(entry.value, TextNode) else ""
        if value not in words:
            fix = did_you_mean(value, words, f"Meanings are {', '.join(words[:6])} and so on.")
            report.error(
                "unknown-meaning", entry.value.where, f"there is no meaning {quoted(value)}.", fix
            )
            continue
        meaning = Meaning(value)
        if meaning is not Meaning.OTHER and meaning in columns.values():
            message = f"two columns are said to be {quoted(value)}."
            report.error("meaning-twice", entry.value.where, message, "Keep it for one of them.")
        columns[entry.key.value] = meaning
    return columns
