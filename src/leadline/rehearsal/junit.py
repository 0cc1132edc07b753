"""The outcome of tests as JUnit XML, the form that CI servers read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from leadline.rehearsal.report import Outcome

_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(outcomes: Sequence[Outcome]) -> str:
    """One suite a test file, one case a test; a failure carries its story."""
    failed = sum(not one.passed for one in outcomes)
    root = Element("testsuites", name="leadline", tests=str(len(outcomes)), failures=str(failed))
    for file, group in groupby(outcomes, key=lambda one: one.case.where.file):
        _suite(root, file, list(group))
    indent(root)
    text: str = tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _suite(root: Element, file: str, outcomes: Iterable[Outcome]) -> None:
    cases = list(outcomes)
    failed = sum(not one.passed for one in cases)
    suite = SubElement(
        root, "testsuite", name=file, tests=str(len(cases)), failures=str(failed), errors="0"
    )
    for one in cases:
        case = SubElement(
            suite,
            "testcase",
            name=_clean(one.case.name),
            classname=one.case.workflow,
            file=file,
            line=str(one.case.where.line),
        )
        if not one.passed:
            failure = SubElement(case, "failure", message=_clean(one.misses[0].sentence))
            failure.text = _clean("\n".join(one.told()))


def _clean(text: str) -> str:
    """A text without the characters that XML cannot hold at all."""
    return _NOT_IN_XML.sub("\ufffd", text)
