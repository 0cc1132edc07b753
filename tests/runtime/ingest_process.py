"""The tracking API as a process of its own, to be killed: ``python ingest_process.py URL PORT``."""

from __future__ import annotations

import sys

import anyio

from leadline.store.pool import open_store
from leadline.web.app import create_app
from leadline.web.serve import serve_ingest
from tests.runtime.ingest_server import ACCEPTING, refuse_hooks


async def main(url: str, port: int) -> None:
    async with await open_store(url, role="ingest") as store:
        await serve_ingest(create_app(store, lambda: ACCEPTING, refuse_hooks), port=port)


if __name__ == "__main__":
    anyio.run(main, sys.argv[1], int(sys.argv[2]), backend_options={"use_uvloop": True})
