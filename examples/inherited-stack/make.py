"""Write the inherited stack into a folder: the same bytes each time.

    python examples/inherited-stack/make.py OUT [--small]

OUT/exports is what the team has on disk (give it to ``leadline inspect``); OUT/truth.json says
what is wrong with it.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from making.folder import write
from making.stack import LARGE, SMALL, build


def main() -> None:
    """Make the stack that the command line asks for."""
    parser = argparse.ArgumentParser(description="Write the inherited stack into a folder.")
    parser.add_argument("out", type=Path, help="folder to write into")
    parser.add_argument("--small", action="store_true", help="the sample of 300 contacts")
    parser.add_argument("--seed", help="another seed gives other people")
    asked = parser.parse_args()
    plan = SMALL if asked.small else LARGE
    if asked.seed:
        plan = replace(plan, seed=asked.seed)
    world = build(plan)
    write(world, asked.out)
    people = len(world.tables["hubspot.contacts"])
    sys.stdout.write(
        f"{people:,} HubSpot contacts, {len(world.flows)} HubSpot flows, {len(world.n8n)} n8n "
        f"workflows and {len(world.planted)} faults written to {asked.out}.\n"
    )


if __name__ == "__main__":
    main()
