"""What stands behind ``leadline`` without arguments: four doors."""

from __future__ import annotations

DOORS = """\
Leadline: marketing automation that is engineered before it is automated.

Where do you want to begin?

  See what you have    leadline inspect exports/
                       Exports and automations of the tools you use now: which live flows stand on
                       data that cannot carry them, and what to mend first. Needs nothing, sends
                       nothing; takes seconds. How to get exports: leadline inspect --how

  See it work          leadline demo
                       500 registrations in a minute, through outages and killed processes,
                       every one accounted for. Needs nothing; takes about a minute and a half.

  Start a project      leadline init my-project
                       A webinar workflow with comments, ready to change. Needs nothing; runs
                       against sandboxes on this machine. Ten minutes to your first workflow.

  Run what you have    cd my-project && leadline check && leadline serve
                       Checks the files, deploys them to the sandbox environment, takes events
                       and works. Needs a project.

Then ask about anyone: leadline why ann@example.com
All commands: leadline --help
"""
