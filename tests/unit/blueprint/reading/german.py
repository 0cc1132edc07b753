"""What a reader of German understands."""

from __future__ import annotations

from tests.unit.blueprint.reading.tongue import Tongue

GERMAN = Tongue(
    left="„",
    right="“",
    group=".",
    decimal=",",
    months=(
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ),
    units={
        "Sekunde": "s",
        "Sekunden": "s",
        "Minute": "m",
        "Minuten": "m",
        "Stunde": "h",
        "Stunden": "h",
        "Tag": "d",
        "Tage": "d",
        "Tagen": "d",
        "Woche": "w",
        "Wochen": "w",
    },
    date_form="{d}. {m} {y}",
    clock_form=" um {c} Uhr",
    true="wahr",
    false="falsch",
    and_="; und ",
    or_="; oder ",
    list_or="oder",
    list_and="und",
    none_of="nichts hiervon zutrifft: ",
    sentences={
        "title": "Der Ablauf <q:title> (<word:name>)",
        "why": "Dafür ist er da: <q:why>",
        "owner": "Verantwortlich ist <word:owner>.",
        "promise": "Versprochen ist: Für <n:share> % der Personen ist der Schritt <q:step> "
        "innerhalb von <span:span> nach dem auslösenden Ereignis erledigt.",
        "silenced": "Der Befund <q:check> wird bis zum <date:date> hingenommen, weil: <q:because>.",
        "override": "<q:by> lässt ihn bis zum <date:date> über den erreichten Reifegrad "
        "hinausgehen, weil: <q:because>.",
        "zone": "Zeiten und Tage sind nach den Uhren von <word:zone> gemeint.",
        "starting": "Wann er beginnt und wann er endet",
        "starts": "Er beginnt, wenn das Ereignis <qs:events> eintritt.",
        "by_workflow": "Er beginnt nicht von selbst: Nur ein anderer Ablauf kann Personen hier "
        "aufnehmen.",
        "late": "Ein Ereignis, das mehr als <span:span> nach seinem Eintreten gemeldet wird, löst "
        "nichts aus.",
        "late_counts": "Das Ereignis <qs:events> löst ihn aus, wie spät es auch gemeldet wird.",
        "addressed": "Personen ohne brauchbare E-Mail-Adresse werden nicht aufgenommen.",
        "only_if": "Personen werden nur aufgenommen, wenn <cond:condition>; wo das nicht bekannt "
        "ist, werden sie nicht aufgenommen.",
        "once_ever": "Jede Person durchläuft ihn ein einziges Mal, für immer.",
        "once_per": "Jede Person durchläuft ihn einmal für jeden Wert <noun:noun>; wo dieser "
        "unbekannt ist, beginnt er nicht.",
        "burst_one": "Wenn mehr als 1 Person auf einmal aufgenommen würde, warten alle, bis jemand "
        "zustimmt.",
        "burst": "Wenn mehr als <n:count> Personen auf einmal aufgenommen würden, warten alle, bis "
        "jemand zustimmt.",
        "stops": "Er endet für eine Person, wo immer sie gerade ist, wenn das Ereignis <qs:events> "
        "eintritt<which:which>.",
        "success": "Als Erfolg zählt, wenn innerhalb von <span:span> nach dem Start das Ereignis "
        "<q:event> eintritt<which:which>; der Durchlauf geht trotzdem weiter.",
        "happening": "Was der Reihe nach geschieht",
        "undecided": "Wenn sich nicht klären lässt, ob eine E-Mail, ein Datensatz oder ein Beitrag "
        "angekommen ist, geht der Durchlauf weiter, und der Fall wird festgehalten.",
        "was": "Dieser Schritt hieß früher <q:was>.",
        "send": "Schritt <q:step>: Die E-Mail <q:message> wird über <word:system> an den Kontakt "
        "gesendet.",
        "save": "Schritt <q:step>: Der Datensatz <q:object> des Kontakts in <word:system> wird "
        "geschrieben.",
        "post": "Schritt <q:step>: Der Text <q:message> wird im Kanal <q:channel> in <word:system> "
        "veröffentlicht.",
        "set": "Schritt <q:step>: Was Leadline selbst über den Kontakt weiß, wird geändert.",
        "wait": "Schritt <q:step>: Der Durchlauf wartet <span:span>.",
        "until": "Schritt <q:step>: Der Durchlauf wartet bis <time:time>.",
        "until_reference": "Schritt <q:step>: Der Durchlauf wartet bis <time:time>; ist das "
        "vorbei, geht er sofort weiter.",
        "seen": "Schritt <q:step>: Der Durchlauf wartet, bis <word:system> zeigt, was der Schritt "
        "<q:other> geschrieben hat.",
        "wait_for": "Schritt <q:step>: Der Durchlauf wartet auf das Ereignis <q:event>; auch "
        "eines, das seit dem Start eingetreten ist, zählt<which:which>.",
        "choose": "Schritt <q:step>: Der erste der folgenden Wege, der passt, wird genommen.",
        "enroll": "Schritt <q:step>: Der Kontakt tritt auch in den Ablauf <q:workflow> ein; dieser "
        "Durchlauf geht weiter, ohne darauf zu warten.",
        "stop": "Schritt <q:step>: Der Durchlauf endet hier, mit dem Grund <q:reason>.",
        "transactional": "Sie ist transaktional: Es geht um etwas, das der Kontakt getan hat.",
        "marketing": "Sie ist Werbung: Sie geht nur an Personen, die zugestimmt haben.",
        "not_after": "Sie wird spätestens <time:time> gesendet; danach entfällt sie, und der "
        "Durchlauf geht weiter.",
        "not_after_known": "Sie wird spätestens <time:time> gesendet; danach entfällt sie, und der "
        "Durchlauf geht weiter; ist dieser Zeitpunkt unbekannt, gibt es keinen spätesten.",
        "if_missing": "Wenn <noun:noun> unbekannt ist, steht dafür <value:value>.",
        "bundle": "Beiträge, die innerhalb von <span:span> kommen, werden zu einem.",
        "failed": "Wenn <word:system> es ablehnt oder nicht innerhalb von <span:span> annimmt, "
        "<then:then>.",
        "failed_told": "Wenn <word:system> es ablehnt oder nicht innerhalb von <span:span> "
        "annimmt, <then:then>, und <word:who> wird benachrichtigt.",
        "failed_told_many": "Wenn <word:system> es ablehnt oder nicht innerhalb von <span:span> "
        "annimmt, <then:then>, und <words:who> werden benachrichtigt.",
        "not_come": "Wenn es nach <span:span> nicht eingetreten ist, <then:then>.",
        "not_seen": "Wenn jener Schritt nichts geschrieben hat oder <word:system> es nicht "
        "innerhalb von <span:span> zeigt, <then:then>.",
        "not_seen_ever": "Wenn jener Schritt nichts geschrieben hat oder <word:system> es nie "
        "zeigt, <then:then>.",
        "unknown_time": "Wenn dieser Zeitpunkt unbekannt ist, <then:then>.",
        "unknown_or_late": "Wenn dieser Zeitpunkt unbekannt ist oder nach <span:span> nicht "
        "gekommen ist, <then:then>.",
        "if": "Wenn <cond:condition>:",
        "if_unknown": "Wenn etwas unbekannt ist, sodass es sich nicht entscheiden lässt:",
        "else": "Sonst:",
        "else_unknown": "Sonst, auch wenn etwas unbekannt ist, sodass es sich nicht entscheiden "
        "lässt:",
        "nothing": "Hier geschieht nichts.",
        "becomes": "<field:field> wird auf <value:value> gesetzt.",
        "becomes_forward": "<field:field> wird auf <value:value> gesetzt, aber nur, wenn das ein "
        "Schritt vorwärts ist.",
        "becomes_if_empty": "<field:field> wird auf <value:value> gesetzt, aber nur, wenn dort "
        "noch nichts steht.",
        "copies": "<field:field> wird auf den Wert <noun:noun> gesetzt.",
        "copies_stays": "<field:field> wird auf den Wert <noun:noun> gesetzt; ist dieser "
        "unbekannt, bleibt es, wie es ist.",
        "copies_forward": "<field:field> wird auf den Wert <noun:noun> gesetzt, aber nur, wenn das "
        "ein Schritt vorwärts ist.",
        "copies_forward_stays": "<field:field> wird auf den Wert <noun:noun> gesetzt, aber nur, "
        "wenn das ein Schritt vorwärts ist; ist dieser unbekannt, bleibt es, wie es ist.",
        "copies_if_empty": "<field:field> wird auf den Wert <noun:noun> gesetzt, aber nur, wenn "
        "dort noch nichts steht.",
        "copies_if_empty_stays": "<field:field> wird auf den Wert <noun:noun> gesetzt, aber nur, "
        "wenn dort noch nichts steht; ist dieser unbekannt, bleibt es, wie es ist.",
        "adds": "<value:value> wird der Liste <field:field> hinzugefügt.",
        "adds_value_of": "Der Wert <noun:noun> wird der Liste <field:field> hinzugefügt.",
        "adds_value_of_known": "Der Wert <noun:noun> wird der Liste <field:field> hinzugefügt; ist "
        "er unbekannt, wird nichts hinzugefügt.",
        "up": "<field:field> wird um <n:count> erhöht.",
        "down": "<field:field> wird um <n:count> verringert.",
        "clears": "<field:field> wird geleert.",
        "relying": "Was gelesen und geschrieben wird",
        "system": "<word:system> ist von der Art <word:kind>.",
        "field": "<bare:field> ist <kind:kind>.",
        "every_value": "Jede Änderung <bare:field> wird weitergegeben, keine geht in einer "
        "späteren auf.",
        "property": "Im Ereignis <q:event> ist <q:property> <kind:kind>.",
        "reading": "Was zu lesen ist",
        "mail": "Die E-Mail <q:message> (<word:format>):",
        "text": "Der Text <q:message> (<word:format>):",
        "subject": "Betreff: <q:text>",
        "preheader": "Vorschau: <q:text>",
        "body": "Darin steht:",
        "which_where": ", wobei nur Ereignisse zählen, für die <cond:condition>",
        "which_same": ", wobei nur Ereignisse mit demselben Wert <noun:noun> zählen",
        "named": "in <word:system> heißt es <q:name>",
    },
    thens={
        "carry_on": "geht der Durchlauf mit dem weiter, was folgt",
        "stop": "endet der Durchlauf",
        "dead_letter": "kommt der Kontakt zu den gescheiterten Fällen, von wo ein Mensch den "
        "Durchlauf weitergehen lassen kann",
        "go_to": "geht der Durchlauf beim Schritt <q:step> weiter",
    },
    phrases={
        "is": "<noun:a> gleich <value:b> ist",
        "is_not_or_unknown": "<noun:a> nicht gleich <value:b> ist oder unbekannt ist",
        "known_and_is_not": "<noun:a> bekannt und nicht gleich <value:b> ist",
        "one_of": "<noun:a> gleich einem von <list:b> ist",
        "none_of_or_unknown": "<noun:a> gleich keinem von <list:b> ist oder unbekannt ist",
        "known_and_none_of": "<noun:a> bekannt und gleich keinem von <list:b> ist",
        "contains": "<noun:a> <q:b> enthält",
        "contains_not_or_unknown": "<noun:a> nicht <q:b> enthält oder unbekannt ist",
        "known_and_contains_not": "<noun:a> bekannt ist und nicht <q:b> enthält",
        "starts": "<noun:a> mit <q:b> beginnt",
        "starts_not_or_unknown": "<noun:a> nicht mit <q:b> beginnt oder unbekannt ist",
        "known_and_starts_not": "<noun:a> bekannt ist und nicht mit <q:b> beginnt",
        "at_least": "<noun:a> mindestens <number:b> ist",
        "at_least_reference": "<noun:a> mindestens so groß wie <noun:b> ist",
        "more": "<noun:a> größer als <value:b> ist",
        "at_most": "<noun:a> höchstens <number:b> ist",
        "at_most_reference": "<noun:a> höchstens so groß wie <noun:b> ist",
        "less": "<noun:a> kleiner als <value:b> ist",
        "at_or_after": "<noun:a> nicht vor <value:b> liegt",
        "after": "<noun:a> nach <value:b> liegt",
        "at_or_before": "<noun:a> nicht nach <value:b> liegt",
        "before": "<noun:a> vor <value:b> liegt",
        "between": "<noun:a> zwischen <value:b> und <value:c> liegt (beide eingeschlossen)",
        "last": "<noun:a> höchstens <span:b> zurückliegt",
        "next": "<noun:a> höchstens <span:b> in der Zukunft liegt",
        "known": "<noun:a> bekannt ist",
        "unknown": "<noun:a> unbekannt ist",
    },
    times={
        "at": "zum Zeitpunkt <noun:noun>",
        "before": "<span:span> vor dem Zeitpunkt <noun:noun>",
        "after": "<span:span> nach dem Zeitpunkt <noun:noun>",
        "wall": "zum <any:moment>",
    },
    kinds={
        "text": "ein Text",
        "email": "eine E-Mail-Adresse",
        "choice": "eine Auswahl",
        "number": "eine Zahl",
        "flag": "wahr oder falsch",
        "time": "ein Zeitpunkt",
        "date": "ein Tag",
        "one of": "eines von <qs:values>, in dieser Reihenfolge",
    },
    contact_nouns=(
        "das Kontaktfeld {}",
        "Das Kontaktfeld {}",
        "dem Kontaktfeld {}",
        "des Kontaktfelds {}",
    ),
    event_nouns=("die Ereignisangabe {}", "der Ereignisangabe {}"),
    record_nouns=("sein Feld {}", "Sein Feld {}", "seines Felds {}"),
)
