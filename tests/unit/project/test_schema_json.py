"""The published schemas are current, and agree with the reader."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from leadline.project.read import example_files
from leadline.project.schema_json import schemas
from tests.unit.project.broken import CHANGES
from tests.unit.project.changed import texts

PUBLISHED = Path(__file__).parents[3] / "docs" / "reference" / "schemas"


def schema_for(path: str, document: object) -> Draft202012Validator:
    name = {"leadline.yaml": "leadline", "data/contact.yaml": "contact", "events.yaml": "events"}
    if path.startswith("workflows/"):
        file = "workflow.json"
    elif path.startswith("tests/"):
        file = "tests.json"
    elif path.startswith("systems/"):
        assert isinstance(document, dict)
        file = f"system-{document['kind']}.json"
    else:
        file = f"{name[path]}.json"
    return Draft202012Validator(json.loads(schemas()[file]))


def test_the_published_schemas_are_current() -> None:
    assert {p.name: p.read_text(encoding="utf-8") for p in PUBLISHED.glob("*.json")} == schemas()


@pytest.mark.parametrize("name", schemas())
def test_a_schema_is_one(name: str) -> None:
    Draft202012Validator.check_schema(json.loads(schemas()[name]))


@pytest.mark.parametrize("path", [p for p in example_files() if p.endswith(".yaml")])
def test_the_example_is_accepted(path: str) -> None:
    document = yaml.safe_load(example_files()[path])
    errors = [e.message for e in schema_for(path, document).iter_errors(document)]
    assert errors == []


@pytest.mark.parametrize(
    "name",
    [
        "unknown name",
        "unknown name at the top",
        "missing name",
        "list instead of text",
        "step without name",
        "unknown tier",
        "secret in the file",
        "bad share",
        "bad duration",
    ],
)
def test_an_editor_sees_what_the_reader_refuses(name: str) -> None:
    path = CHANGES[name][0]
    document = yaml.safe_load(texts(CHANGES[name])[path])
    assert not schema_for(path, document).is_valid(document)
