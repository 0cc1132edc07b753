"""The project's own secret, and the keyed digests that are made with it.

A keyed digest stands for a value (an address in the suppression list, an action in a
Message-ID) without giving it away: who has the digests but not the key cannot try values.
The key must stay the same for the life of a project: with another one, no digest that was
stored or sent is recognised again.
"""

from __future__ import annotations

import base64
import hmac
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from leadline.errors import CredentialsMissing
from leadline.store.state_directory import give_to_owner_of_project, state_directory

KEY_VARIABLE = "LEADLINE_SECRET_KEY"
KEY_BYTES = 32
# Long enough that it was made by a machine; 32 random bytes are 64 hex digits.
SHORTEST_KEY = 32


@dataclass(frozen=True, slots=True)
class SecretKey:
    """The secret of one project; it does not show itself when printed."""

    value: bytes = field(repr=False)


def secret_key(project_dir: Path, environ: Mapping[str, str] = os.environ) -> SecretKey:
    """Return the project's secret: LEADLINE_SECRET_KEY, or ``.leadline/secret.key``.

    The file is made at the first call, once, whoever else calls at the same moment. Its
    one line may be given to other hosts as LEADLINE_SECRET_KEY. Raises CredentialsMissing
    for a key that is too short to be a secret.
    """
    if KEY_VARIABLE in environ:
        return _checked(environ[KEY_VARIABLE], KEY_VARIABLE)
    path = state_directory(project_dir) / "secret.key"
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        _make(path)
        text = path.read_text(encoding="utf-8")
    return _checked(text, str(path))


def keyed_digest(key: SecretKey, *parts: str) -> str:
    """Return HMAC-SHA256 over the parts, each preceded by its length, in base32 lower case.

    52 letters and digits, safe in addresses, file names and Message-IDs. The lengths keep
    ("ab", "c") and ("a", "bc") apart.

    >>> keyed_digest(SecretKey(b"k" * 32), "ab", "c") == keyed_digest(
    ...     SecretKey(b"k" * 32), "a", "bc"
    ... )
    False
    """
    encoded = [part.encode("utf-8", "surrogatepass") for part in parts]
    told = b"".join(len(part).to_bytes(8, "big") + part for part in encoded)
    digest = hmac.digest(key.value, told, "sha256")
    return base64.b32encode(digest).decode().rstrip("=").lower()


def _checked(text: str, where: str) -> SecretKey:
    value = text.strip()
    if len(value) < SHORTEST_KEY:
        raise CredentialsMissing(
            f"The project's secret has {len(value)} characters; "
            f"{SHORTEST_KEY} are the least that keeps it one.",
            where=where,
            fix="Put back the key that this project began with; for a new project, "
            "`openssl rand -hex 32` makes one.",
        )
    return SecretKey(value.encode())


def _make(path: Path) -> None:
    # Written whole under another name, then linked: the first link wins, and nobody ever
    # reads half a key, or one that a crash takes back.
    draft = path.with_name(f"secret.{secrets.token_hex(8)}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(secrets.token_hex(KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        give_to_owner_of_project(draft)
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            return
    finally:
        draft.unlink(missing_ok=True)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
