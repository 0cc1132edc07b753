"""The example project, broken in generated ways: one change each, at every place that has it.

A way is a pattern over the files, not a list by hand: whatever in the example fits is broken.
``excuse`` is why a mutant may pass without a finding; None means that it may not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

Texts = Mapping[str, str]


@dataclass(frozen=True)
class Mutant:
    """``files`` with one change; ``way`` how it was broken, ``place`` the file and line."""

    way: str
    place: str
    change: str
    files: Texts
    excuse: str | None = None


def mutants(files: Texts) -> Iterator[Mutant]:
    """Every mutant, in a fixed order; no two are alike."""
    seen: set[tuple[tuple[str, str], ...]] = set()
    for way in WAYS:
        for mutant in way(files):
            key = tuple(sorted(mutant.files.items()))
            if key not in seen and dict(key) != dict(files):
                seen.add(key)
                yield mutant


def _each(
    way: str,
    files: Texts,
    pattern: str,
    new: str | Callable[[re.Match[str]], str],
    path: str = r".*\.(yaml|md)",
    excuse: str | None = None,
) -> Iterator[Mutant]:
    """One mutant for each place where the pattern stands, comments left out."""
    for name, text in files.items():
        if not re.fullmatch(path, name):
            continue
        for found in re.finditer(pattern, text, re.MULTILINE):
            line = text.count("\n", 0, found.start()) + 1
            if name.endswith("yaml") and text.split("\n")[line - 1].lstrip().startswith("#"):
                continue
            by = new(found) if callable(new) else found.expand(new)
            changed = text[: found.start()] + by + text[found.end() :]
            shown = f"{found[0].strip()!r} → {by.strip()!r}"
            yield Mutant(way, f"{name}:{line}", shown, {**files, name: changed}, excuse)


def _misspelt(word: str) -> str:
    """A letter is lost in the middle, as fingers do it."""
    middle = len(word) // 2
    return word[:middle] + word[middle + 1 :]


def rename_a_field(files: Texts) -> Iterator[Mutant]:
    """In data/contact.yaml; only fields that something reads or writes."""
    used = "".join(t for p, t in files.items() if p.startswith(("workflows", "messages")))
    for name in re.findall(r"^(\w+):", files["data/contact.yaml"], re.MULTILINE):
        if re.search(rf"contact\.{name}\b|^ +{name}:", used, re.MULTILINE):
            yield from _each(
                "rename a field", files, rf"^{name}:", f"my_{name}:", "data/contact.yaml"
            )


def misspell_a_reference(files: Texts) -> Iterator[Mutant]:
    return _each(
        "misspell a reference",
        files,
        r"\b(contact|event)\.(\w{4,})\b",
        lambda m: f"{m[1]}.{_misspelt(m[2])}",
        r"(workflows|messages)/.*",
    )


def rename_an_event(files: Texts) -> Iterator[Mutant]:
    yield from _each("rename an event", files, r"^webinar\.\w+:", "my.\\g<0>", "events.yaml")
    yield from _each(
        "rename an event",
        files,
        r"\bwebinar\.(registered|cancelled|attended)\b",
        lambda m: f"webinar.{_misspelt(m[1])}",
        "workflows/.*",
    )


def rename_a_property(files: Texts) -> Iterator[Mutant]:
    """Only those that something reads."""
    used = "".join(t for p, t in files.items() if p.startswith(("workflows", "messages")))
    for found in _each(
        "rename a property", files, r"\b(\w+): (text|time)\b", "my_\\g<0>", "events.yaml"
    ):
        name = found.change.split(":")[0].strip("'")
        if f"event.{name}" in used:
            yield found


def drop_a_fallback(files: Texts) -> Iterator[Mutant]:
    yield from _each("drop a fallback", files, r"^ +if_missing: .*\n", "", "workflows/.*")
    yield from _each("drop a fallback", files, r' \| default: "[^"]*"', "", "messages/.*")
    yield from _each("drop a fallback", files, r"\{% if [^%]*%\}|\{% endif %\}", "", "messages/.*")


def close_a_loop(files: Texts) -> Iterator[Mutant]:
    """A step that fails goes back to every step before it, or to itself."""
    for path, text in files.items():
        if not path.startswith("workflows/"):
            continue
        names: list[str] = []
        for step in re.finditer(r"^  - step: (\S+)\n(    \w+)", text, re.MULTILINE):
            names.append(step[1])
            if step[2].strip() not in {"send", "save_to", "post_to"}:
                continue
            block = re.compile(
                rf"^  - step: {step[1]}\n(?:(?!  - step: ).*\n)*", re.MULTILINE
            ).search(text)
            assert block is not None
            kept = re.sub(r"^ +(if_it_fails: .*|)\n", "", block[0], flags=re.MULTILINE).rstrip("\n")
            for target in names:
                jump = f"    if_it_fails: {{ retry_for: 1 hour, then: {{ go to: {target} }} }}\n\n"
                changed = text.replace(block[0], f"{kept}\n{jump}")
                yield Mutant(
                    "close a loop", path, f"{step[1]} → {target}", {**files, path: changed}
                )
    yield from _each(
        "close a loop", files, r"stop: nothing more to do", "enroll_in: webinar", "workflows/.*"
    )


def lower_a_limit(files: Texts) -> Iterator[Mutant]:
    hour = "an hour's allowance of 900 holds the 495 of a burst that are promised"
    for limit in (
        "1 per second",
        "2 per 5 seconds",
        "30 per minute",
        "1 per minute",
        "900 per hour",
        "100 per day",
    ):
        excuse = hour if limit == "900 per hour" else None
        yield from _each(
            "lower a limit", files, r"14 per second", limit, "systems/mail.yaml", excuse
        )
    for path, limit in (
        ("systems/hubspot.yaml", "ten seconds: 1 per hour"),
        ("systems/hubspot.yaml", "day: 50 per day"),
        ("systems/slack.yaml", "channel: 1 per hour"),
        ("systems/slack.yaml", "workspace: 2 per hour"),
    ):
        yield from _each(
            "lower a limit", files, r"^allow_private: .*\n", f"\\g<0>limits: {{ {limit} }}\n", path
        )


def raise_what_comes(files: Texts) -> Iterator[Mutant]:
    for many in (
        "20000 in 1 minute",
        "9000 in 1 second",
        "1000000 in 1 hour",
        "50000 in 5 minutes",
    ):
        yield from _each("raise what comes", files, r"500 in 1 minute", many, "events.yaml")
    for burst in (10_000_000, 2_000_000):
        yield from _each("raise what comes", files, r"max_burst: 10000", f"max_burst: {burst}")


def shift_a_clock(files: Texts) -> Iterator[Mutant]:
    follow = "workflows/webinar-follow-up.yaml"
    for late in (
        "event.starts_at",
        "1 hour after event.starts_at",
        "2 days before event.starts_at",
    ):
        yield from _each("shift a clock", files, r"7 days after event.starts_at", late, follow)
    for wait in ("7 days", "8 days", "3 weeks"):
        yield from _each(
            "shift a clock", files, r"2 hours after event", f"{wait} after event", follow
        )
    for written in ("2026-01-05 09:00", "2027-03-28 02:30", "2041-01-05 09:00"):
        yield from _each("shift a clock", files, r"2 hours after event.starts_at", written, follow)
    yield from _each("shift a clock", files, r"not_after: .*", "not_after: 2025-12-01 09:00")
    for wait in ("5 minutes", "1 hour", "1 day"):
        yield from _each(
            "shift a clock",
            files,
            r"^  - step: confirmation\n",
            f"  - step: pause\n    wait: {wait}\n\\g<0>",
            "workflows/webinar.yaml",
        )
    yield from _each(
        "shift a clock",
        files,
        r"within: 5 minutes",
        "within: 1 second",
        excuse=(
            "500 in a minute are 8.3 a second, the mail server takes 14: spread evenly, each is "
            "sent in the second in which she comes, so the promise is bold but not impossible"
        ),
    )
    yield from _each(
        "shift a clock",
        files,
        r"not_after: event",
        "not_after: 90 days before event",
    )


def remove_a_policy(files: Texts) -> Iterator[Mutant]:
    yield from _each("remove a policy", files, r"^  if_it_fails: .*\n", "", "leadline.yaml")
    yield from _each("remove a policy", files, r"retry_for: [^,]*, ", "")
    yield from _each("remove a policy", files, r", then: (carry on|dead letter)", "")
    yield from _each(
        "remove a policy",
        files,
        r"^      - else:\n(?: {10}.*\n)+",
        "",
        "workflows/.*",
    )


_CLOSED = (
    "hubspot", "slack", "smtp", "starter", "none", "starttls", "feed", "transactional", "forward",
    "carry on", "dead letter", "choice", "email", "number", "time", "lead",
)  # fmt: skip


def mistype_a_value(files: Texts) -> Iterator[Mutant]:
    """Words of closed lists, spans, figures, addresses."""
    words = rf"(?<=: )(?:{'|'.join(_CLOSED)})(?![\w.])"
    yield from _each("mistype a value", files, words, lambda m: _misspelt(m[0]), r".*\.yaml")
    outside = "only the outside knows this name; leadline systems check asks there"
    yield from _each(
        "mistype a value",
        files,
        r"(?<=hubspot: )\w+",
        lambda m: _misspelt(m[0]),
        "data/contact.yaml",
        outside,
    )
    yield from _each(
        "mistype a value", files, r"smtp\.acme", "smp.acme", "systems/mail.yaml", outside
    )
    yield from _each(
        "mistype a value",
        files,
        r"\b(\d+) (second|minute|hour|day)s?\b",
        lambda m: f"{m[1]}{m[2][0]}",
        r"(leadline|workflows/.*)\.yaml",
    )
    yield from _each("mistype a value", files, r"(?<=: )true\b", "ture", r".*\.yaml")
    yield from _each("mistype a value", files, r"99 %", "0.99")
    yield from _each("mistype a value", files, r"(?<=: )587", "58700")
    yield from _each(
        "mistype a value", files, r"marketing-ops@acme", "marketing-ops#acme", r".*\.yaml"
    )
    yield from _each("mistype a value", files, r"Europe/Berlin", "Europe/Berln", "leadline.yaml")
    yield from _each("mistype a value", files, r"http://", "htp://", r"systems/.*")
    yield from _each("mistype a value", files, r"is at least", "is at leats")
    yield from _each("mistype a value", files, r"customer or unknown", "customer")


def drop_what_protects(files: Texts) -> Iterator[Mutant]:
    """Purpose, deadline, audience, names and owners."""
    yield from _each("drop what protects", files, r"^    as: transactional\n", "", "workflows/.*")
    yield from _each(
        "drop what protects", files, r"as: transactional", "as: marketing", "workflows/.*"
    )
    yield from _each("drop what protects", files, r"^    not_after: .*\n", "", "workflows/.*")
    yield from _each(
        "drop what protects", files, r"^  once_per: .*\n", "", "workflows/webinar.yaml"
    )
    yield from _each("drop what protects", files, r"^(owner|tell): .*\n", "", "systems/.*")
    yield from _each("drop what protects", files, r"^allow_private: .*\n", "", "systems/.*")
    yield from _each("drop what protects", files, r"^secrets: .*\n", "", "systems/.*")
    yield from _each("drop what protects", files, r"^  write_keys: .*\n", "", "leadline.yaml")
    yield from _each("drop what protects", files, r"^base_url: .*\n", "", "systems/.*")
    yield from _each(
        "drop what protects", files, r"^(name|kind|host|from|project|time_zone): .*\n", ""
    )
    yield from _each("drop what protects", files, r"^subject: .*\n", "", "messages/.*")


def put_a_secret(files: Texts) -> Iterator[Mutant]:
    return _each(
        "put a secret in",
        files,
        r"env:\w+",
        "pat-na1-0f1e2d3c-4b5a",
        r"(systems/.*|leadline)\.yaml",
    )


def swap_systems(files: Texts) -> Iterator[Mutant]:
    yield from _each("swap systems", files, r"save_to: hubspot", "save_to: slack")
    yield from _each("swap systems", files, r"save_to: hubspot", "save_to: mail")
    yield from _each("swap systems", files, r"post_to: slack", "post_to: hubspot")
    yield from _each("swap systems", files, r"post_to: slack", "post_to: mail")
    yield from _each(
        "swap systems", files, r"as: transactional", "via: slack\n    as: transactional"
    )
    for field in ("first_name", "company", "last_webinar", "lifecycle_stage"):
        yield from _each(
            "swap systems",
            files,
            rf"^{field}:(?:.|\n)*?names: {{ hubspot:",
            lambda m: m[0].replace("hubspot:", "slack:"),
            "data/contact.yaml",
        )
    for one, other in (("hubspot", "slack"), ("slack", "hubspot"), ("smtp", "slack")):
        yield from _each("swap systems", files, rf"^kind: {one}", f"kind: {other}")
    for name in ("hubspot", "slack", "mail"):
        path = f"systems/{name}.yaml"
        renamed = {p: t for p, t in files.items() if p != path} | {
            f"systems/my-{name}.yaml": files[path]
        }
        yield Mutant(
            "swap systems",
            path,
            f"renamed to my-{name}.yaml",
            renamed,
            (
                "there is one mail system, and steps mean it without a name"
                if name == "mail"
                else None
            ),
        )


def swap_messages(files: Texts) -> Iterator[Mutant]:
    """A mail for a post, a post for a mail, and two mails for one another."""
    yield from _each("swap messages", files, r"send: messages/[\w-]+", "send: messages/hot-lead")
    yield from _each(
        "swap messages", files, r"text: messages/[\w-]+", "text: messages/webinar-confirmation"
    )
    yield from _each(
        "swap messages",
        files,
        r"messages/webinar-follow-up",
        "messages/webinar-confirmation",
        "workflows/.*",
    )
    yield from _each(
        "swap messages", files, r"(?<=messages/)[\w-]+", lambda m: _misspelt(m[0]), "workflows/.*"
    )


def break_a_message(files: Texts) -> Iterator[Mutant]:
    yield from _each("break a message", files, r"\}\}", "}", "messages/.*")
    yield from _each(
        "break a message", files, r"\]\(\{\{ event.join_url \}\}\)", "](acme.example/join)"
    )
    yield from _each(
        "break a message", files, r"\]\(\{\{ event.join_url \}\}\)", "](http://acme.example/join)"
    )
    yield from _each("break a message", files, r"\{\{ (contact|event)\.", "{{ ", "messages/.*")
    yield from _each("break a message", files, r"\| default", "| defualt", "messages/.*")


def lose_a_file(files: Texts) -> Iterator[Mutant]:
    for path in files:
        if path.endswith((".yaml", ".md")) and path != "workflows/webinar.yaml":
            kept = {p: t for p, t in files.items() if p != path}
            yield Mutant("lose a file", path, "deleted", kept)


def do_it_twice(files: Texts) -> Iterator[Mutant]:
    """A step copied with its name, and with another one."""
    for path, text in files.items():
        if not path.startswith("workflows/"):
            continue
        for block in re.finditer(r"^  - step: (\S+)\n(?:(?!  - step: ).*\n)*", text, re.MULTILINE):
            copy = block[0].rstrip("\n") + "\n"
            changed = text.replace(block[0], f"{copy}\n{block[0]}")
            yield Mutant("do it twice", path, f"{block[1]} twice", {**files, path: changed})
            if "send:" in copy:
                other = copy.replace(f"step: {block[1]}", f"step: {block[1]}-again", 1)
                changed = text.replace(block[0], f"{block[0].rstrip()}\n{other}\n")
                yield Mutant("do it twice", path, f"{block[1]} again", {**files, path: changed})


def end_too_early(files: Texts) -> Iterator[Mutant]:
    """A stop before every step but the first."""
    for path, text in files.items():
        if path.startswith("workflows/"):
            steps = list(re.finditer(r"^  - step: (\S+)\n", text, re.MULTILINE))
            for step in steps[1:]:
                changed = (
                    text[: step.start()]
                    + "  - { step: end, stop: enough }\n"
                    + text[step.start() :]
                )
                yield Mutant("end too early", path, f"before {step[1]}", {**files, path: changed})


WAYS: tuple[Callable[[Texts], Iterator[Mutant]], ...] = (
    rename_a_field,
    misspell_a_reference,
    rename_an_event,
    rename_a_property,
    drop_a_fallback,
    close_a_loop,
    lower_a_limit,
    raise_what_comes,
    shift_a_clock,
    remove_a_policy,
    mistype_a_value,
    drop_what_protects,
    put_a_secret,
    swap_systems,
    swap_messages,
    break_a_message,
    lose_a_file,
    do_it_twice,
    end_too_early,
)
