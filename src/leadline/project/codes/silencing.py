"""Codes about silencing itself."""

from __future__ import annotations

from leadline.project.explanation import Explanation
from leadline.project.problems import Severity

SILENCING = (
    Explanation(
        "unknown-check",
        "Silencing something that does not exist",
        "Somebody meant to accept a finding, but the name is misspelt, so it is not accepted.",
        "The value of check: under silence: is no code that leadline check can give.",
        "Write the code as it stands behind the finding.",
    ),
    Explanation(
        "silence-without-file",
        "Silencing in a file that does not exist",
        "Somebody meant to accept a finding in a file that is not there, so nothing is accepted.",
        "The value of in: under silence: in leadline.yaml is the path of no project file.",
        "Write the path as it stands in front of the finding, such as data/contact.yaml.",
    ),
    Explanation(
        "silence-refused",
        "Silencing what must be mended",
        "This finding would stop the workflow or reach the wrong people; nobody can wave it "
        "through.",
        "An error may be silenced only where its check allows it; what cannot be read never may.",
        "Mend what the finding says, and remove the line under silence:.",
    ),
    Explanation(
        "silence-ended",
        "A silencing that is over",
        "Somebody accepted this for a while, and the while is over: look at it again.",
        "The day under until: is past (that day still counted), so the finding counts again.",
        "Mend what the finding says, or give a new reason and a new end date.",
        Severity.WARNING,
    ),
    Explanation(
        "silence-without-effect",
        "A silencing that nothing needs",
        "What was accepted here is no longer there. Left in place, the line would hide it if it "
        "came back.",
        "No finding of this code stands in this file.",
        "Remove the line under silence:.",
        Severity.NOTE,
    ),
)
