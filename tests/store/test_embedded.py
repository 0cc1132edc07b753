"""The embedded server: shared, repaired, stopped, and clear about what it cannot do."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest

from leadline.errors import DiskFull, LeadlineError, StoreTooNew, StoreUnavailable
from leadline.store import embedded
from leadline.store.embedded import ServerState
from leadline.store.file_lock import exclusive

ROOT = Path(__file__).parents[2]
NOBODY = 65534
PYTHON_PATH = os.pathsep.join(filter(None, [str(ROOT / "src"), os.environ.get("PYTHONPATH")]))
ENVIRONMENT = os.environ | {"PYTHONPATH": PYTHON_PATH}

# A process that uses the server until a line comes in, and then ends in an orderly way.
# Where root runs the tests it may be another user: it turns into him after the imports,
# since the interpreter may lie where only root can read.
CLIENT = """
import os, sys
from pathlib import Path
from leadline.store import embedded
if len(sys.argv) > 2:
    os.setgroups([]), os.setgid(int(sys.argv[2])), os.setuid(int(sys.argv[2]))
print(embedded.ensure(Path(sys.argv[1])), flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def project() -> Iterator[Path]:
    """A folder that is closed to others, as that of a careful root is."""
    directory = Path(tempfile.mkdtemp(prefix="leadline-test-"))
    yield directory
    if directory.exists():
        with suppress(LeadlineError):
            embedded.stop(directory)
        embedded.leave(directory)
        shutil.rmtree(directory)


class Client:
    """Another process that uses the project's server."""

    def __init__(self, project: Path, user: int | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", CLIENT, str(project), *([str(user)] if user else [])],
            env=ENVIRONMENT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
        )

    def url(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline().strip()
        assert line, self.end()
        return line

    def end(self) -> str:
        """End it in an orderly way; return what it complained about."""
        return self.process.communicate("\n", timeout=60)[1]

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def client(project: Path) -> Iterator[Callable[[], Client]]:
    clients: list[Client] = []

    def start() -> Client:
        clients.append(Client(project))
        return clients[-1]

    yield start
    for one in clients:
        if one.process.returncode is None:
            one.kill()


def ask(url: str, question: str) -> object:
    with psycopg.connect(url, autocommit=True) as conn:
        row = conn.execute(question.encode()).fetchone()
    return row[0] if row else None


def execute(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(statement.encode())


def kill_postmaster(project: Path) -> int:
    pid = embedded.status(project).pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    return pid


def eventually(condition: Callable[[], bool], within_s: float = 20) -> bool:
    deadline = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def test_the_server_is_durable_local_and_compares_text_by_code_point(project: Path) -> None:
    url = embedded.ensure(project)
    assert embedded.ensure(project) == url
    for name in ("fsync", "synchronous_commit", "full_page_writes"):
        assert ask(url, f"show {name}") == "on"
    assert ask(url, "show listen_addresses") == ""
    assert ask(url, "select pg_encoding_to_char(encoding) from pg_database limit 1") == "UTF8"
    assert ask(url, "select 'Z' < 'a' and 'z' < 'ä'") is True
    assert ask(url, "select lower('ΑΣ') = 'ας' and upper('straße') = 'STRASSE'") is True


def test_the_folder_is_closed_to_others_and_stays_out_of_git(project: Path) -> None:
    embedded.ensure(project)
    state = project / ".leadline"
    assert (state / ".gitignore").read_text() == "*\n"
    assert state.stat().st_mode & 0o066 == 0
    assert (state / "postgres").stat().st_mode & 0o077 == 0


def test_the_log_holds_no_values(project: Path) -> None:
    url = embedded.ensure(project)
    execute(url, "create table t (email text primary key)")
    execute(url, "insert into t values ('ada@example.com')")
    with pytest.raises(psycopg.errors.UniqueViolation):
        execute(url, "insert into t values ('ada@example.com')")
    log = embedded.status(project).log.read_text()
    assert "duplicate key" in log
    assert "ada@" not in log


def test_processes_share_one_server_and_the_last_one_stops_it(
    project: Path, client: Callable[[], Client]
) -> None:
    clients = [client() for _ in range(4)]
    urls = {one.url() for one in clients}
    assert len(urls) == 1
    url = urls.pop()
    pid = embedded.status(project).pid
    assert ask(url, "select 1") == 1

    assert clients[0].end() == ""
    clients[1].kill()
    assert ask(url, "select 1") == 1
    assert embedded.status(project).pid == pid

    assert clients[2].end() == ""
    assert ask(url, "select 1") == 1
    assert clients[3].end() == ""
    assert embedded.status(project).state is ServerState.STOPPED


def test_a_killed_client_leaves_a_server_that_the_next_one_uses_and_stops(
    project: Path, client: Callable[[], Client]
) -> None:
    first = client()
    url = first.url()
    pid = embedded.status(project).pid
    first.kill()
    assert ask(url, "select 1") == 1
    second = client()
    assert second.url() == url
    assert embedded.status(project).pid == pid
    assert second.end() == ""
    assert embedded.status(project).state is ServerState.STOPPED


def test_a_client_killed_while_it_makes_the_server_is_no_obstacle(
    project: Path, client: Callable[[], Client]
) -> None:
    first = client()
    draft = project / ".leadline" / "postgres.new" / "base"
    assert eventually(draft.exists)
    first.kill()
    assert ask(embedded.ensure(project), "select 1") == 1


def test_what_was_committed_survives_the_death_of_the_postmaster(
    project: Path, client: Callable[[], Client]
) -> None:
    other = client()
    assert other.url() == embedded.ensure(project)
    url = embedded.ensure(project)
    execute(url, "create table t (n integer)")
    execute(url, "insert into t select generate_series(1, 1000)")
    for _ in range(3):
        dead = kill_postmaster(project)
        assert embedded.ensure(project) == url
        assert embedded.status(project).pid != dead
        assert ask(url, "select count(*) from t") == 1000
    assert other.end() == ""
    assert ask(url, "select 1") == 1


# In a process that adopts its descendants and never waits for them, a dead postmaster
# stays a zombie: its process id is taken, and kill(pid, 0) succeeds.
ZOMBIE = """
import ctypes, os, signal, sys
from pathlib import Path
import psutil, psycopg
from leadline.store import embedded
PR_SET_CHILD_SUBREAPER = 36
assert ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0
project = Path(sys.argv[1])
url = embedded.ensure(project)
pid = embedded.status(project).pid
with psycopg.connect(url, autocommit=True) as conn:
    conn.execute("create table t (n integer)")
os.kill(pid, signal.SIGKILL)
assert embedded.ensure(project) == url
assert psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
assert (project / ".leadline/postgres/postmaster.pid").read_text().split()[0] != str(pid)
with psycopg.connect(url, autocommit=True) as conn:
    assert conn.execute("select count(*) from t").fetchone() == (0,)
print("recovered")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="needs prctl of Linux")
def test_a_dead_postmaster_that_is_still_a_zombie_is_replaced(project: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-c", ZOMBIE, str(project)],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert result.stdout == "recovered\n", result.stderr


def test_a_backend_that_outlives_its_postmaster_is_ended_first(project: Path) -> None:
    url = embedded.ensure(project)
    execute(url, "create table t (n integer)")
    busy = psycopg.connect(url, autocommit=True)
    backend = psutil.Process(busy.info.backend_pid)

    def compute() -> None:  # a long computation does not look whether the postmaster lives
        with suppress(psycopg.OperationalError):
            busy.execute("do $$ begin loop null; end loop; end $$")

    computing = threading.Thread(target=compute)
    computing.start()
    question = f"select query from pg_stat_activity where pid = {backend.pid} and state = 'active'"
    assert eventually(lambda: str(ask(url, question)).startswith("do"))
    kill_postmaster(project)
    assert eventually(lambda: embedded.status(project).state is ServerState.BROKEN)
    assert embedded.ensure(project) == url
    assert not backend.is_running() or backend.status() == psutil.STATUS_ZOMBIE
    computing.join()
    busy.close()
    assert ask(url, "select count(*) from t") == 0


def test_stopping_cuts_off_other_users_and_starting_again_keeps_the_data(
    project: Path, client: Callable[[], Client]
) -> None:
    other = client()
    url = other.url()
    execute(url, "create table t (n integer)")
    assert embedded.stop(project) is True
    assert embedded.status(project).state is ServerState.STOPPED
    assert embedded.stop(project) is False
    assert embedded.ensure(project) == url
    assert ask(url, "select count(*) from t") == 0


def test_a_project_without_a_server_is_said_to_have_none(project: Path) -> None:
    assert embedded.status(project).state is ServerState.ABSENT
    assert embedded.stop(project) is False
    assert embedded.leave(project) is False
    assert not (project / ".leadline").exists()


@pytest.mark.parametrize(
    "name", ["x" * 120 + "/" + "y" * 120, "Kunden, neu (Käufer) 'Q3' $HOME `id`", "a b%20c"]
)
def test_any_path_will_do(project: Path, name: str) -> None:
    inner = project / name
    inner.mkdir(parents=True)
    url = embedded.ensure(inner)
    assert ask(url, "select 1") == 1
    sockets = ask(url, "show unix_socket_directories")
    assert embedded.stop(inner) is True
    assert not Path(str(sockets)).exists() or str(sockets).startswith(str(project))
    embedded.leave(inner)


def test_a_socket_folder_that_somebody_else_put_there_is_not_used(project: Path) -> None:
    inner = project / ("x" * 120)
    inner.mkdir()
    url = embedded.ensure(inner)
    sockets = Path(str(ask(url, "show unix_socket_directories")))
    embedded.stop(inner)
    sockets.mkdir(mode=0o777)
    sockets.chmod(0o777)
    try:
        with pytest.raises(StoreUnavailable, match="belongs to somebody else"):
            embedded.ensure(inner)
    finally:
        sockets.rmdir()
        embedded.leave(inner)


def test_a_copy_made_of_a_running_project_gets_a_server_of_its_own(project: Path) -> None:
    url = embedded.ensure(project)
    execute(url, "create table t (n integer)")
    copy = Path(tempfile.mkdtemp(prefix="leadline-test-"))
    try:
        subprocess.run(["cp", "-a", str(project / ".leadline"), str(copy)], check=False)
        assert (copy / ".leadline/postgres/postmaster.pid").exists()
        assert embedded.status(copy).state is ServerState.STOPPED
        copied = embedded.ensure(copy)
        assert embedded.status(copy).pid != embedded.status(project).pid
        execute(copied, "create table u (n integer)")
        assert ask(url, "select to_regclass('u') is null") is True
        embedded.leave(copy)
    finally:
        embedded.stop(copy)
        shutil.rmtree(copy)


def test_a_database_of_a_newer_postgresql_is_refused(project: Path) -> None:
    embedded.ensure(project)
    embedded.stop(project)
    (project / ".leadline/postgres/PG_VERSION").write_text("19\n")
    with pytest.raises(StoreTooNew, match=r"written by PostgreSQL 19.*Upgrade Leadline"):
        embedded.ensure(project)


def test_a_database_of_an_older_postgresql_is_refused(project: Path) -> None:
    embedded.ensure(project)
    embedded.stop(project)
    (project / ".leadline/postgres/PG_VERSION").write_text("17\n")
    with pytest.raises(StoreUnavailable, match=r"written by PostgreSQL 17.*pg_dump"):
        embedded.ensure(project)


def test_a_folder_that_is_no_database_is_refused(project: Path) -> None:
    embedded.ensure(project)
    embedded.stop(project)
    (project / ".leadline/postgres/PG_VERSION").unlink()
    with pytest.raises(StoreUnavailable, match="is not one"):
        embedded.ensure(project)


def test_a_damaged_database_is_refused_with_the_servers_own_words(project: Path) -> None:
    embedded.ensure(project)
    embedded.stop(project)
    (project / ".leadline/postgres/global/pg_control").write_bytes(b"")
    with pytest.raises(StoreUnavailable, match=r"did not start: .*pg_control"):
        embedded.ensure(project)


def test_a_process_that_hangs_with_the_turn_is_named_as_the_reason(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedded.ensure(project)
    monkeypatch.setattr(embedded, "TURN_TIMEOUT_S", 0.1)
    with (
        exclusive(project / ".leadline/postgres.turn", timeout_s=1),
        pytest.raises(StoreUnavailable, match="Another process has been starting or stopping"),
    ):
        embedded.ensure(project)


def tmpfs(path: Path, size: str) -> None:
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode != 0:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")


@pytest.mark.skipif(not shutil.which("mount"), reason="a small disk needs mount")
def test_a_full_disk_is_named_and_costs_nothing_that_was_stored(project: Path) -> None:
    disk = project / "disk"
    disk.mkdir()
    tmpfs(disk, "8m")
    try:
        with pytest.raises(DiskFull, match=r"disk is full.*Free some space"):
            embedded.ensure(disk)
        tmpfs(disk, "200m")
        execute(embedded.ensure(disk), "create table t (n integer)")
        embedded.stop(disk)
        with suppress(OSError), (disk / "filler").open("wb", buffering=0) as filler:
            while filler.write(b"x" * 1_000_000):
                pass
        with pytest.raises(DiskFull, match="disk is full"):
            embedded.ensure(disk)
        (disk / "filler").unlink()
        assert ask(embedded.ensure(disk), "select count(*) from t") == 0
        embedded.stop(disk)
        embedded.leave(disk)
    finally:
        for _ in range(2):
            subprocess.run(["umount", str(disk)], capture_output=True, check=False)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be two users")
def test_an_ordinary_user_runs_the_server_as_himself(project: Path) -> None:
    os.chown(project, NOBODY, NOBODY)
    one = Client(project, user=NOBODY)
    url = one.url()
    pid = embedded.status(project).pid
    assert psutil.Process(pid).uids().real == NOBODY
    # root comes to the same project, and leaves nothing that its owner could not open
    assert embedded.ensure(project) == url
    embedded.stop(project)
    embedded.leave(project)
    assert embedded.ensure(project) == url
    assert psutil.Process(embedded.status(project).pid).uids().real == NOBODY
    embedded.leave(project)
    assert one.end() == ""
    again = Client(project, user=NOBODY)
    assert again.url() == url
    assert again.end() == ""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be two users")
def test_files_of_another_user_are_refused_with_what_to_do(project: Path) -> None:
    embedded.ensure(project)
    embedded.stop(project)
    project.chmod(0o755)
    stranger = Client(project, user=NOBODY)
    complaint = stranger.end()
    assert "StoreUnavailable" in complaint
    assert "cannot be read or written" in complaint
    assert "Run Leadline as the owner of the project" in complaint


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_files_that_cannot_be_read_are_refused_with_what_to_do(project: Path) -> None:
    embedded.ensure(project)
    embedded.stop(project)
    (project / ".leadline").chmod(0)
    try:
        with pytest.raises(StoreUnavailable, match=r"cannot be read.*owner of the project"):
            embedded.ensure(project)
    finally:
        (project / ".leadline").chmod(0o700)
