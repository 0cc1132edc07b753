"""``python -m leadline.sandbox hubspot --port 0 --config '{"tier": "starter"}'``."""

from __future__ import annotations

import argparse
import json
import sys

from leadline.errors import LeadlineError
from leadline.sandbox.serving import run_sandbox


def main() -> int:
    """Run one sandbox; the exit code is that of the error, if any."""
    parser = argparse.ArgumentParser(prog="leadline.sandbox", description=__doc__)
    parser.add_argument("kind", help="hubspot, slack or smtp")
    parser.add_argument("--port", type=int, help="0 takes a free one")
    parser.add_argument("--control-port", type=int, help="smtp only")
    parser.add_argument("--config", type=json.loads, default={}, help="settings as JSON")
    given = parser.parse_args()
    try:
        run_sandbox(given.kind, given.port, given.config, given.control_port)
    except LeadlineError as trouble:
        sys.stderr.write(f"{trouble}\n")
        return trouble.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
