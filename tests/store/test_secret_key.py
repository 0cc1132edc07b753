"""The project's secret is made once, closed to others, and never printed."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from leadline.errors import CredentialsMissing
from leadline.store.secret_key import SecretKey, keyed_digest, secret_key


def test_the_key_is_made_once_and_closed_to_others(tmp_path: Path) -> None:
    first = secret_key(tmp_path, {})
    assert secret_key(tmp_path, {}) == first
    path = tmp_path / ".leadline/secret.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(bytes.fromhex(path.read_text())) == 32
    assert secret_key(tmp_path.joinpath("..", tmp_path.name), {}) == first
    assert {entry.name for entry in path.parent.iterdir()} == {".gitignore", "secret.key"}


def test_whoever_is_first_wins(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as threads:
        keys = set(threads.map(lambda _: secret_key(tmp_path, {}), range(64)))
    assert len(keys) == 1


def test_another_project_has_another_key(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    assert secret_key(tmp_path / "one", {}) != secret_key(tmp_path / "two", {})


def test_the_line_of_the_file_serves_other_hosts(tmp_path: Path) -> None:
    key = secret_key(tmp_path, {})
    line = (tmp_path / ".leadline/secret.key").read_text()
    assert secret_key(Path("/nowhere"), {"LEADLINE_SECRET_KEY": line}) == key


@pytest.mark.parametrize("value", ["", "  ", "hunter2"])
def test_a_key_that_is_no_secret_is_refused_without_showing_it(value: str) -> None:
    with pytest.raises(CredentialsMissing, match=r"LEADLINE_SECRET_KEY: .*has") as caught:
        secret_key(Path("/nowhere"), {"LEADLINE_SECRET_KEY": value})
    assert "hunter2" not in str(caught.value)


def test_the_key_does_not_show_itself() -> None:
    assert "sssss" not in repr(SecretKey(b"s" * 32))


def test_a_digest_depends_on_the_key_and_on_where_the_parts_end() -> None:
    key, other = SecretKey(b"a" * 32), SecretKey(b"b" * 32)
    digest = keyed_digest(key, "ada@example.com")
    assert digest == keyed_digest(key, "ada@example.com")
    assert digest != keyed_digest(other, "ada@example.com")
    assert len({keyed_digest(key, *parts) for parts in (("ab", "c"), ("a", "bc"), ("abc",))}) == 3
    assert len(digest) == 52
    assert set(digest) <= set("abcdefghijklmnopqrstuvwxyz234567")


def test_a_digest_of_text_from_outside_never_fails() -> None:
    assert len(keyed_digest(SecretKey(b"a" * 32), "\ud800", "", "\0")) == 52


def test_the_digest_is_what_it_was_when_the_first_one_was_stored() -> None:
    # HMAC-SHA256 under 32 bytes "k" of b"\0" * 7 + b"\1" + b"a", computed with openssl.
    expected = "m6qolwnt2db4teu3m4e6r6wreyozpprff6jywssukphsmvsxulmq"
    assert keyed_digest(SecretKey(b"k" * 32), "a") == expected
