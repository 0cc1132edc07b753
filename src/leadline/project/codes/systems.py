"""Codes about systems, fields and messages."""

from __future__ import annotations

from leadline.project.explanation import Explanation
from leadline.project.problems import Severity

SYSTEMS = (
    Explanation(
        "bad-setting",
        "A setting that cannot be right",
        "The system cannot be reached with it.",
        "The address, host, port or sender is not well formed.",
        "Write it like the example in the message.",
    ),
    Explanation(
        "missing-setting",
        "Nothing said for one environment",
        "The system could not be reached there.",
        "A required setting has values for some environments only.",
        "Add the environment, or write one value for all.",
    ),
    Explanation(
        "sandbox-without-address",
        "A sandbox that would reach the vendor",
        "A trial run would write into your real CRM.",
        "In an environment with sandbox: true a system without base_url calls the vendor.",
        "Give it the address of a sandbox there.",
    ),
    Explanation(
        "private-address",
        "A private address",
        "It may be meant for your own machine only; in production it reaches nothing, or "
        "something else.",
        "Loopback and private addresses need allow_private.",
        "Add allow_private for this environment, if it is meant.",
    ),
    Explanation(
        "not-encrypted",
        "Passwords in the clear",
        "Whoever sits on the way reads mails and passwords.",
        "http:// to a public address, or tls: none to a public host.",
        "Use https://, starttls or tls.",
    ),
    Explanation(
        "secret-in-file",
        "A secret in a file",
        "Everybody with the files, and the history of the repository for ever, has the key to "
        "your CRM.",
        "The value is no reference to where the secret is found. Whatever stands there is never "
        "repeated.",
        "Write env:NAME or file:PATH, and change the secret, since it has been seen.",
    ),
    Explanation(
        "no-environment",
        "No place to run",
        "The project could run nowhere.",
        "environments: declares none.",
        "Write at least dev with sandbox: true.",
    ),
    Explanation(
        "missing-email-field",
        "No address",
        "Nobody can be reached.",
        "data/contact.yaml has no email.",
        "Add email with type email.",
    ),
    Explanation(
        "wrong-email-type",
        "An address that is none",
        "Addresses would not be checked.",
        "The field email has another type than email.",
        "Give it type: email.",
    ),
    Explanation(
        "choice-without-values",
        "A choice without values",
        "Any value would do, and lists would not fit the systems.",
        "type: choice needs values:.",
        "Add the values in their order.",
    ),
    Explanation(
        "values-without-choice",
        "Values without a choice",
        "The list would hold nobody back.",
        "values: belongs to type: choice.",
        "Make it a choice, or remove the list.",
    ),
    Explanation(
        "duplicate-value",
        "A value twice",
        "It cannot be told which place in the order counts.",
        "A choice has the same value twice.",
        "Keep one of the two.",
    ),
    Explanation(
        "front-matter-line",
        "A line above the mail that says nothing",
        "What stands there would be lost.",
        "Front matter holds name: value lines.",
        "Write it so, or move the text below the second line of hyphens.",
    ),
    Explanation(
        "front-matter-open",
        "A head that never ends",
        "The whole mail would be taken for its head.",
        "The second line of three hyphens is missing.",
        "Add it after the head.",
    ),
    Explanation(
        "empty-message",
        "A message without text",
        "People would get an empty mail.",
        "The body of the message is empty.",
        "Write the text.",
    ),
    Explanation(
        "broken-template",
        "A template that cannot be read",
        "The mail could not be made, or would show the signs of the template.",
        "Liquid or MJML refuses the text; the message says where.",
        "Mend what the message says.",
    ),
    Explanation(
        "missing-fallback",
        "A value that may be missing",
        'Mails would say "Hello ," to everybody whose first name is not known.',
        "The message reads a contact's field without a default, and the step has no if_missing "
        "for it.",
        "Add if_missing to the step, or a default in the message.",
    ),
    Explanation(
        "unused-message",
        "A message that nobody sends",
        "It is kept up for nothing, or a step that should send it is missing.",
        "No step names the file.",
        "Name it in a step, or delete it.",
        Severity.WARNING,
    ),
    Explanation(
        "unused-stand-in",
        "A stand-in for nothing",
        "Somebody believes that it stands in the mail.",
        "if_missing names a value that the message does not read.",
        "Remove it, or use it in the message.",
        Severity.WARNING,
    ),
    Explanation(
        "bad-link",
        "A link to nowhere",
        "Whoever clicks lands nowhere.",
        "The address is no absolute web address.",
        "Begin it with https://.",
    ),
    Explanation(
        "insecure-link",
        "A link that is not encrypted",
        "Browsers warn people who click.",
        "The address begins with http://.",
        "Write https://.",
        Severity.WARNING,
    ),
)
