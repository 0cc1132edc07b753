"""``leadline sandbox`` fits the project: ports, tiers, channels, fields, rates."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner

from leadline.cli.main import app
from leadline.cli.outside import read_outside
from leadline.cli.sandboxes import Planned, fit, tell
from leadline.errors import LeadlineError
from leadline.project.read import example_files
from leadline.sandbox.serving import make_sandbox
from leadline.sandbox.truth import OURS, Effect


def plan(directory: Path, name: str, changed: Mapping[str, tuple[str, str]]) -> Planned:
    """Plan the stand-in of one system of the example project, with a text changed in files."""
    for path, text in example_files().items():
        old, new = changed.get(path, ("", ""))
        assert old in text
        target = directory / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text.replace(old, new, 1) if old else text, encoding="utf-8")
    planned = fit(read_outside(directory, "dev"), name, serve_port=8800)
    make_sandbox(planned.kind, planned.config)  # the sandbox takes what is planned for it
    return planned


def test_hubspot_has_the_tier_and_the_fields_of_the_project(tmp_path: Path) -> None:
    found = plan(tmp_path, "hubspot", {"systems/hubspot.yaml": (":8701", ":9701")})
    assert (found.kind, found.port) == ("hubspot", 9701)
    assert (found.config["tier"], found.config["add_on"]) == ("starter", False)
    assert found.config["unique_properties"] == ["leadline_key"]
    names = [p["name"] for p in found.config["properties"] if isinstance(p, dict)]  # type: ignore[union-attr]
    assert "last_webinar" in names


@pytest.mark.parametrize(
    ("ours", "theirs", "add_on"),
    [
        ("professional", "pro", False),
        ("enterprise", "enterprise", False),
        ("professional with add-on", "pro", True),
    ],
)
def test_every_tier_has_a_stand_in(tmp_path: Path, ours: str, theirs: str, add_on: bool) -> None:
    found = plan(tmp_path, "hubspot", {"systems/hubspot.yaml": ("starter", ours)})
    assert (found.config["tier"], found.config["add_on"]) == (theirs, add_on)


def test_slack_has_the_channels_that_workflows_post_to(tmp_path: Path) -> None:
    found = plan(tmp_path, "slack", {})
    channels = found.config["channels"]
    assert isinstance(channels, list)
    names = [c["name"] for c in channels if isinstance(c, dict)]
    assert names == ["sales-hot", "webinar-signups"]


def test_mail_has_the_rate_of_the_project_and_reports_where_serve_listens(tmp_path: Path) -> None:
    found = plan(tmp_path, "mail", {"systems/mail.yaml": ("14 per second", "120 per minute")})
    assert (found.port, found.config["per_s"], found.config["tls"]) == (8703, 2, "none")
    assert found.config["feed_url"] == "http://127.0.0.1:8800/v1/hooks/mail"
    none = plan(tmp_path / "none", "mail", {"systems/mail.yaml": ("dev: feed", "dev: none")})
    assert none.config["feed_url"] is None


def test_a_system_elsewhere_has_no_stand_in(tmp_path: Path) -> None:
    with pytest.raises(LeadlineError, match='"mail" has no address on this machine in "dev"'):
        plan(tmp_path, "mail", {"systems/mail.yaml": ("dev: 127.0.0.1", "dev: smtp.example")})


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--env", "prod"), '"prod" is no sandbox environment.'),
        (("--env", "stage"), 'The project has no environment "stage".'),
        (("hupspot",), 'There is no sandbox for "hupspot".'),
    ],
)
def test_what_cannot_be_served_is_said(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    project = tmp_path / "acme"
    assert CliRunner().invoke(app, ["init", str(project)]).exit_code == 0
    run = CliRunner().invoke(app, ["sandbox", *words, "--project", str(project)])
    assert isinstance(run.exception, LeadlineError)
    assert said in str(run.exception)


def effect(what: str, **values: str) -> Effect:
    return Effect(1, 0.0, 1, OURS, what, "101", None, values)


def test_an_effect_is_one_line() -> None:
    mail = Planned("mail", "smtp", 8703, {})
    slack = Planned("slack", "slack", 8702, {"channels": [{"id": "C1", "name": "sales"}]})
    hubspot = Planned("hubspot", "hubspot", 8701, {})
    for planned, happened, line in (
        (
            mail,
            effect("mail.accepted", recipient="ann@a.example", subject="Hi"),
            "mail to ann@a.example: Hi",
        ),
        (slack, effect("message.posted", channel="C1", text="one\ntwo"), "#sales: one / two"),
        (
            hubspot,
            effect("contact.created", zip="1", email="ann@a.example", leadline_key="k"),
            "contact created (101): email=ann@a.example, zip=1",
        ),
    ):
        assert tell(planned, happened) == line
    assert len(tell(slack, effect("message.posted", channel="C1", text="x" * 500))) < 180
