"""A field's name in a system that is nearly, but not quite, one that the vendor defines."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from leadline.blueprint.check import Check, Subject
from leadline.blueprint.vendor_fields import CONTACT_FIELDS
from leadline.project.problems import Problem, Severity, quoted

_NEAR = 0.85  # one letter of six or more; "last_webinar" is no misspelt "lastname"


def _find(subject: Subject) -> Iterator[Problem]:
    kinds = {name: system.kind for name, system in subject.project.systems.items()}
    for field in subject.project.fields.values():
        for system, name in field.names.items():
            known = CONTACT_FIELDS.get(kinds.get(system, ""), {})
            near = () if name in known else get_close_matches(name, known, n=1, cutoff=_NEAR)
            if near:
                yield Problem(
                    CHECK.code,
                    f"{quoted(field.name)} is {quoted(name)} in {quoted(system)}, which defines "
                    f"{quoted(near[0])} itself.",
                    field.where,
                    f"Did you mean {quoted(near[0])}? If the account has both, silence this.",
                    CHECK.severity,
                )


CHECK = Check(
    code="vendor-name-misspelt",
    title="A system's own name, misspelt",
    severity=Severity.WARNING,
    marketer="The system knows no field of this name, so every write of it is refused, or goes to "
    "a field that nobody looks at.",
    engineer="The name under names: is none that the vendor defines, and differs from one of them "
    "by a letter or so. What an account has added is not in the files; `leadline systems check` "
    "asks the account itself.",
    mend="Write the vendor's name, or silence the finding where the account has a property of its "
    "own that is called so.",
    find=_find,
)
