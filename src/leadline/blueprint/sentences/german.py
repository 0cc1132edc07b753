"""The sentences in German."""

from __future__ import annotations

from leadline.blueprint.sentences.words import Words
from leadline.expression.spoken import GERMAN as SPOKEN
from leadline.expression.spoken import Noun
from leadline.expression.types import Kind

GERMAN = Words(
    spoken=SPOKEN,
    title="Der Ablauf {title} ({name})",
    why="Dafür ist er da: {why}",
    owner="Verantwortlich ist {owner}.",
    zone="Zeiten und Tage sind nach den Uhren von {zone} gemeint.",
    promise="Versprochen ist: Für {share} % der Personen ist der Schritt {step} innerhalb von "
    "{span} nach dem auslösenden Ereignis erledigt.",
    silenced="Der Befund {check} wird bis zum {date} hingenommen, weil: {because}.",
    override="{by} lässt ihn bis zum {date} über den erreichten Reifegrad hinausgehen, weil: "
    "{reason}.",
    starting="Wann er beginnt und wann er endet",
    starts="Er beginnt, wenn das Ereignis {events} eintritt.",
    starts_by_workflow="Er beginnt nicht von selbst: Nur ein anderer Ablauf kann Personen hier "
    "aufnehmen.",
    late="Ein Ereignis, das mehr als {span} nach seinem Eintreten gemeldet wird, löst nichts aus.",
    late_counts="Das Ereignis {events} löst ihn aus, wie spät es auch gemeldet wird.",
    needs_address="Personen ohne brauchbare E-Mail-Adresse werden nicht aufgenommen.",
    only_if="Personen werden nur aufgenommen, wenn {condition}; wo das nicht bekannt ist, werden "
    "sie nicht aufgenommen.",
    once_ever="Jede Person durchläuft ihn ein einziges Mal, für immer.",
    once_per="Jede Person durchläuft ihn einmal für jeden Wert {reference}; wo dieser unbekannt "
    "ist, beginnt er nicht.",
    max_burst=(
        "Wenn mehr als {count} Person auf einmal aufgenommen würde, warten alle, bis jemand "
        "zustimmt.",
        "Wenn mehr als {count} Personen auf einmal aufgenommen würden, warten alle, bis jemand "
        "zustimmt.",
    ),
    stops="Er endet für eine Person, wo immer sie gerade ist, wenn das Ereignis {events} "
    "eintritt{which}.",
    success="Als Erfolg zählt, wenn innerhalb von {span} nach dem Start das Ereignis {events} "
    "eintritt{which}; der Durchlauf geht trotzdem weiter.",
    counts_where=", wobei nur Ereignisse zählen, für die {condition}",
    counts_same=", wobei nur Ereignisse mit demselben Wert {reference} zählen",
    happening="Was der Reihe nach geschieht",
    undecided="Wenn sich nicht klären lässt, ob eine E-Mail, ein Datensatz oder ein Beitrag "
    "angekommen ist, geht der Durchlauf weiter, und der Fall wird festgehalten.",
    step="Schritt {step}: {what}",
    was="Dieser Schritt hieß früher {was}.",
    send="Die E-Mail {message} wird über {system} an den Kontakt gesendet.",
    transactional="Sie ist transaktional: Es geht um etwas, das der Kontakt getan hat.",
    marketing="Sie ist Werbung: Sie geht nur an Personen, die zugestimmt haben.",
    not_after="Sie wird spätestens {time} gesendet; danach entfällt sie, und der Durchlauf geht "
    "weiter.",
    not_after_known="Sie wird spätestens {time} gesendet; danach entfällt sie, und der Durchlauf "
    "geht weiter; ist dieser Zeitpunkt unbekannt, gibt es keinen spätesten.",
    if_missing="Wenn {reference} unbekannt ist, steht dafür {value}.",
    record=Noun("sein Feld {name}", "seinem Feld {name}", "seines Felds {name}"),
    save="Der Datensatz {object} des Kontakts in {system} wird geschrieben.",
    post="Der Text {message} wird im Kanal {channel} in {system} veröffentlicht.",
    bundle="Beiträge, die innerhalb von {span} kommen, werden zu einem.",
    set="Was Leadline selbst über den Kontakt weiß, wird geändert.",
    wait="Der Durchlauf wartet {span}.",
    wait_until="Der Durchlauf wartet bis {time}.",
    wait_until_reference="Der Durchlauf wartet bis {time}; ist das vorbei, geht er sofort weiter.",
    wait_seen="Der Durchlauf wartet, bis {system} zeigt, was der Schritt {other} geschrieben hat.",
    wait_for="Der Durchlauf wartet auf das Ereignis {event}; auch eines, das seit "
    "dem Start eingetreten ist, zählt{which}.",
    choose="Der erste der folgenden Wege, der passt, wird genommen.",
    branch="Wenn {condition}:",
    unknown="Wenn etwas unbekannt ist, sodass es sich nicht entscheiden lässt:",
    otherwise="Sonst:",
    otherwise_or_unknown="Sonst, auch wenn etwas unbekannt ist, sodass es sich nicht entscheiden "
    "lässt:",
    nothing="Hier geschieht nichts.",
    enroll="Der Kontakt tritt auch in den Ablauf {workflow} ein; dieser Durchlauf "
    "geht weiter, ohne darauf zu warten.",
    stop="Der Durchlauf endet hier, mit dem Grund {reason}.",
    at_reference="zum Zeitpunkt {reference}",
    before_reference="{span} vor dem Zeitpunkt {reference}",
    after_reference="{span} nach dem Zeitpunkt {reference}",
    on_wall="zum {time}",
    set_constant="{field} wird auf {value} gesetzt{only}.",
    set_reference="{field} wird auf den Wert {reference} gesetzt{only}{otherwise}.",
    only_forward=", aber nur, wenn das ein Schritt vorwärts ist",
    only_if_empty=", aber nur, wenn dort noch nichts steht",
    else_stays="; ist dieser unbekannt, bleibt es, wie es ist",
    add_constant="{value} wird der Liste {reference} hinzugefügt.",
    add_reference="Der Wert {source} wird der Liste {reference} hinzugefügt{otherwise}.",
    else_not_added="; ist er unbekannt, wird nichts hinzugefügt",
    increase="{field} wird um {count} erhöht.",
    decrease="{field} wird um {count} verringert.",
    clear="{field} wird geleert.",
    failed="Wenn {system} es ablehnt oder nicht innerhalb von {span} annimmt, {then}{told}.",
    not_come="Wenn es nach {span} nicht eingetreten ist, {then}.",
    not_come_ever="Wenn es nie eintritt, {then}.",
    not_seen="Wenn jener Schritt nichts geschrieben hat oder {system} es nicht innerhalb von "
    "{span} zeigt, {then}.",
    not_seen_ever="Wenn jener Schritt nichts geschrieben hat oder {system} es nie zeigt, {then}.",
    time_unknown="Wenn dieser Zeitpunkt unbekannt ist, {then}.",
    time_unknown_or_late="Wenn dieser Zeitpunkt unbekannt ist oder nach {span} nicht gekommen "
    "ist, {then}.",
    carry_on="geht der Durchlauf mit dem weiter, was folgt",
    stop_run="endet der Durchlauf",
    dead_letter="kommt der Kontakt zu den gescheiterten Fällen, von wo ein Mensch den Durchlauf "
    "weitergehen lassen kann",
    go_to="geht der Durchlauf beim Schritt {step} weiter",
    told=(", und {who} wird benachrichtigt", ", und {who} werden benachrichtigt"),
    in_short="abgelehnt oder nicht innerhalb von {span}: {then}",
    in_short_told="; benachrichtigt: {who}",
    in_short_not_come="nach {span} nicht: {then}",
    short_then=("geht weiter", "endet", "gescheiterte Fälle", "weiter bei {step}"),
    entry="Beginn",
    end="Ende",
    dead_letters="gescheiterte Fälle",
    relying="Was gelesen und geschrieben wird",
    kinds={
        Kind.TEXT: "ein Text",
        Kind.EMAIL: "eine E-Mail-Adresse",
        Kind.CHOICE: "eine Auswahl",
        Kind.NUMBER: "eine Zahl",
        Kind.FLAG: "wahr oder falsch",
        Kind.TIME: "ein Zeitpunkt",
        Kind.DATE: "ein Tag",
    },
    choice="eines von {values}, in dieser Reihenfolge",
    field="{field} ist {kind}{names}.",
    named="; in {system} heißt es {name}",
    every_value="Jede Änderung {reference} wird weitergegeben, keine geht in einer späteren auf.",
    property="Im Ereignis {event} ist {property} {kind}.",
    system="{system} ist von der Art {kind}.",
    reading="Was zu lesen ist",
    mail="Die E-Mail {message} ({format}):",
    text="Der Text {message} ({format}):",
    subject="Betreff: {text}",
    preheader="Vorschau: {text}",
    body="Darin steht:",
    signed="Unterschrieben von {by} am {date}.{note}",
    not_signed="Diesen Ablauf hat niemand unterschrieben.",
    void="{by} hat am {date} eine andere Bedeutung unterschrieben; diese Unterschrift gilt nicht "
    "mehr.{note} Was sich seither geändert hat:",
    void_unseen="{by} hat am {date} eine andere Bedeutung unterschrieben; diese Unterschrift gilt "
    "nicht mehr.{note} Die damals gelesenen Zeilen wurden nicht aufbewahrt oder zeigen die "
    "Änderung nicht.",
    note=" Dazu vermerkt: {note}.",
)
