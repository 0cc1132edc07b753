"""The errors that Leadline raises for trouble of its own or of its user.

LeadlineError (exit 1)
├── UsageError (exit 2)
├── ProjectInvalid          the files of a project have problems
├── StoreUnavailable        the database does not answer
├── StoreTooNew             the database was written by a newer program
├── EnvironmentMismatch     the database belongs to another environment
├── CredentialsMissing      a secret that a file refers to is not set
├── PortInUse               another program listens where this one should
└── DiskFull                there is no room to write

What an outside system answers is never an exception: it is an outcome, a value
(see ledger/outcome.py).
"""

from __future__ import annotations


class LeadlineError(Exception):
    """Something went wrong that a person can mend.

    ``what`` says what was found, ``where`` the file, line or system, ``fix`` what to do.
    """

    exit_code = 1

    def __init__(self, what: str, where: str | None = None, fix: str | None = None) -> None:
        self.what = what
        self.where = where
        self.fix = fix
        super().__init__(self.__str__())

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f" {self.fix}" if self.fix else ""
        return f"{place}{self.what}{advice}"


class UsageError(LeadlineError):
    """The command was called wrongly."""

    exit_code = 2


class ProjectInvalid(LeadlineError):
    """The files of a project have problems; the message lists them."""


class StoreUnavailable(LeadlineError):
    """The database does not answer."""


class StoreTooNew(LeadlineError):
    """The database was written by a newer Leadline than this one."""


class EnvironmentMismatch(LeadlineError):
    """The database belongs to another environment than the one asked for."""


class CredentialsMissing(LeadlineError):
    """A secret that a project file refers to is not set."""


class PortInUse(LeadlineError):
    """Another program listens on the port that this one needs."""


class DiskFull(LeadlineError):
    """There is no room left to write."""
