"""What a reader of English understands."""

from __future__ import annotations

from tests.unit.blueprint.reading.tongue import Tongue

ENGLISH = Tongue(
    left='"',
    right='"',
    group=",",
    decimal=".",
    months=(
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    units={
        "second": "s",
        "seconds": "s",
        "minute": "m",
        "minutes": "m",
        "hour": "h",
        "hours": "h",
        "day": "d",
        "days": "d",
        "week": "w",
        "weeks": "w",
    },
    date_form="{d} {m} {y}",
    clock_form=" at {c}",
    true="true",
    false="false",
    and_="; and ",
    or_="; or ",
    list_or="or",
    list_and="and",
    none_of="none of these holds: ",
    sentences={
        "title": "The workflow <q:title> (<word:name>)",
        "why": "It is there for this: <q:why>",
        "owner": "<word:owner> answers for it.",
        "promise": "It promises that for <n:share>% of the people the step <q:step> is done within "
        "<span:span> of the event that started their run.",
        "silenced": "The finding <q:check> is accepted until <date:date>, because <q:because>.",
        "override": "<q:by> lets it go beyond the maturity that is reached until <date:date>, "
        "because <q:because>.",
        "zone": "Its times and dates are meant in <word:zone>.",
        "starting": "When it starts and when it ends",
        "starts": "It starts when the event <qs:events> happens.",
        "by_workflow": "It does not start by itself: only another workflow can enroll people here.",
        "late": "An event that is reported more than <span:span> after it happened starts nothing.",
        "late_counts": "The event <qs:events> starts it however late it is reported.",
        "addressed": "People without a usable email address are not let in.",
        "only_if": "People are let in only if <cond:condition>; where that is not known, they are "
        "not let in.",
        "once_ever": "Each person goes through it once only, for ever.",
        "once_per": "Each person goes through it once for each value of <noun:noun>; where that is "
        "unknown, it does not start.",
        "burst_one": "If more than 1 person would enter at once, they wait until somebody "
        "approves.",
        "burst": "If more than <n:count> people would enter at once, they wait until somebody "
        "approves.",
        "stops": "It ends for a person, wherever they are in it, when the event <qs:events> "
        "happens<which:which>.",
        "success": "It counts as a success when the event <q:event> happens within <span:span> of "
        "the start<which:which>; the run goes on all the same.",
        "happening": "What happens, one after the other",
        "undecided": "If it cannot be found out whether a mail, a record or a post arrived, the "
        "run goes on, and the case is recorded.",
        "was": "This step was called <q:was> before.",
        "send": "Step <q:step>: the mail <q:message> is sent to the contact through <word:system>.",
        "save": "Step <q:step>: the record <q:object> of the contact in <word:system> is written.",
        "post": "Step <q:step>: the text <q:message> is posted to the channel <q:channel> in "
        "<word:system>.",
        "set": "Step <q:step>: what Leadline itself knows of the contact is changed.",
        "wait": "Step <q:step>: the run waits for <span:span>.",
        "until": "Step <q:step>: the run waits until <time:time>.",
        "until_reference": "Step <q:step>: the run waits until <time:time>; if that is past, it "
        "goes on at once.",
        "seen": "Step <q:step>: the run waits until <word:system> shows what the step <q:other> "
        "wrote.",
        "wait_for": "Step <q:step>: the run waits for the event <q:event>; one that happened since "
        "the start counts too<which:which>.",
        "choose": "Step <q:step>: the first of these ways that fits is taken.",
        "enroll": "Step <q:step>: the contact also enters the workflow <q:workflow>; this run goes "
        "on without waiting for it.",
        "stop": "Step <q:step>: the run ends here, with the reason <q:reason>.",
        "transactional": "It is transactional: it is about something that the contact did.",
        "marketing": "It is marketing: it goes only to people who agreed to it.",
        "not_after": "It is sent no later than <time:time>; after that it is left out, and the run "
        "goes on.",
        "not_after_known": "It is sent no later than <time:time>; after that it is left out, and "
        "the run goes on; if that time is unknown, there is no latest time.",
        "if_missing": "If <noun:noun> is unknown, <value:value> stands in for it.",
        "bundle": "Posts that come within <span:span> become one.",
        "failed": "If <word:system> refuses it or has not taken it within <span:span>, "
        "<then:then>.",
        "failed_told": "If <word:system> refuses it or has not taken it within <span:span>, "
        "<then:then>, and <word:who> is told.",
        "failed_told_many": "If <word:system> refuses it or has not taken it within <span:span>, "
        "<then:then>, and <words:who> are told.",
        "not_come": "If it has not happened after <span:span>, <then:then>.",
        "not_seen": "If that step wrote nothing, or <word:system> does not show it within "
        "<span:span>, <then:then>.",
        "not_seen_ever": "If that step wrote nothing, or <word:system> never shows it, "
        "<then:then>.",
        "unknown_time": "If that time is unknown, <then:then>.",
        "unknown_or_late": "If that time is unknown, or has not come after <span:span>, "
        "<then:then>.",
        "if": "If <cond:condition>:",
        "if_unknown": "If something is unknown, so that it cannot be decided:",
        "else": "Otherwise:",
        "else_unknown": "Otherwise, also if something is unknown, so that it cannot be decided:",
        "nothing": "Nothing is done here.",
        "becomes": "<field:field> becomes <value:value>.",
        "becomes_forward": "<field:field> becomes <value:value>, but only if that is a step "
        "forward.",
        "becomes_if_empty": "<field:field> becomes <value:value>, but only if nothing stands there "
        "yet.",
        "copies": "<field:field> becomes <noun:noun>.",
        "copies_stays": "<field:field> becomes <noun:noun>; if that is unknown, it stays as it is.",
        "copies_forward": "<field:field> becomes <noun:noun>, but only if that is a step forward.",
        "copies_forward_stays": "<field:field> becomes <noun:noun>, but only if that is a step "
        "forward; if that is unknown, it stays as it is.",
        "copies_if_empty": "<field:field> becomes <noun:noun>, but only if nothing stands there "
        "yet.",
        "copies_if_empty_stays": "<field:field> becomes <noun:noun>, but only if nothing stands "
        "there yet; if that is unknown, it stays as it is.",
        "adds": "<value:value> is added to the list in <field:field>.",
        "adds_value_of": "<noun:noun> is added to the list in <field:field>.",
        "adds_value_of_known": "<noun:noun> is added to the list in <field:field>; if that is "
        "unknown, nothing is added.",
        "up": "<field:field> goes up by <n:count>.",
        "down": "<field:field> goes down by <n:count>.",
        "clears": "<field:field> is emptied.",
        "relying": "What it reads and writes",
        "system": "<word:system> is of the kind <word:kind>.",
        "field": "<bare:field> is <kind:kind>.",
        "every_value": "Every change of <bare:field> is passed on, none is merged into a later "
        "one.",
        "property": "In the event <q:event>, <q:property> is <kind:kind>.",
        "reading": "What people read",
        "mail": "The mail <q:message> (<word:format>):",
        "text": "The text <q:message> (<word:format>):",
        "subject": "Subject: <q:text>",
        "preheader": "Preview: <q:text>",
        "body": "It says:",
        "which_where": ", counting only events for which <cond:condition>",
        "which_same": ", counting only events with the same value of <noun:noun>",
        "named": "in <word:system> it is called <q:name>",
    },
    thens={
        "carry_on": "the run goes on with what follows",
        "stop": "the run ends",
        "dead_letter": "the contact goes to the dead letters, from where a person can let the run "
        "go on",
        "go_to": "the run goes on at the step <q:step>",
    },
    phrases={
        "is": "<noun:a> is <value:b>",
        "is_not_or_unknown": "<noun:a> is not <value:b>, or is unknown",
        "known_and_is_not": "<noun:a> is known and is not <value:b>",
        "one_of": "<noun:a> is one of <list:b>",
        "none_of_or_unknown": "<noun:a> is none of <list:b>, or is unknown",
        "known_and_none_of": "<noun:a> is known and is none of <list:b>",
        "contains": "<noun:a> contains <q:b>",
        "contains_not_or_unknown": "<noun:a> does not contain <q:b>, or is unknown",
        "known_and_contains_not": "<noun:a> is known and does not contain <q:b>",
        "starts": "<noun:a> starts with <q:b>",
        "starts_not_or_unknown": "<noun:a> does not start with <q:b>, or is unknown",
        "known_and_starts_not": "<noun:a> is known and does not start with <q:b>",
        "at_least": "<noun:a> is at least <value:b>",
        "more": "<noun:a> is more than <value:b>",
        "at_most": "<noun:a> is at most <value:b>",
        "less": "<noun:a> is less than <value:b>",
        "at_or_after": "<noun:a> is at or after <value:b>",
        "after": "<noun:a> is after <value:b>",
        "at_or_before": "<noun:a> is at or before <value:b>",
        "before": "<noun:a> is before <value:b>",
        "between": "<noun:a> is between <value:b> and <value:c> (both included)",
        "last": "<noun:a> is within the last <span:b>",
        "next": "<noun:a> is within the next <span:b>",
        "known": "<noun:a> is known",
        "unknown": "<noun:a> is unknown",
    },
    times={
        "at": "<noun:noun>",
        "before": "<span:span> before <noun:noun>",
        "after": "<span:span> after <noun:noun>",
        "wall": "<any:moment>",
    },
    kinds={
        "text": "a text",
        "email": "an email address",
        "choice": "a choice",
        "number": "a number",
        "flag": "true or false",
        "time": "a time",
        "date": "a date",
        "one of": "one of <qs:values>, in this order",
    },
    contact_nouns=("the contact's {}", "The contact's {}"),
    event_nouns=("the event's {}", "The event's {}"),
    record_nouns=("its {}", "Its {}"),
)
