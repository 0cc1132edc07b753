"""The countries that the people live in: towns, post codes, zones, names and telephone numbers.

Telephone numbers come from the ranges that regulators keep for films and books, so that they
belong to nobody; a country without such a range gets none.
"""

from __future__ import annotations

from dataclasses import dataclass

from making.words import listed


@dataclass(frozen=True, slots=True)
class Town:
    """A town with its state and a pattern of its post code (``#`` stands for a digit)."""

    name: str
    state: str
    postcode: str


@dataclass(frozen=True, slots=True)
class Country:
    """One country. ``numbers`` (of offices) and ``mobiles`` are patterns in E.164 form."""

    code: str
    name: str
    language: str
    zone: str
    share: int
    towns: tuple[Town, ...]
    numbers: tuple[str, ...]
    mobiles: tuple[str, ...]
    first: tuple[str, ...]
    last: tuple[str, ...]
    streets: tuple[str, ...]


def _towns(*towns: str) -> tuple[Town, ...]:
    return tuple(Town(*town.split("|")) for town in towns)


GERMANY = Country(
    "DE",
    "Germany",
    "German",
    "Europe/Berlin",
    34,
    _towns(
        "Berlin|Berlin|101##",
        "Hamburg|Hamburg|203##",
        "Munich|Bayern|803##",
        "Cologne|Nordrhein-Westfalen|506##",
        "Frankfurt|Hessen|603##",
        "Leipzig|Sachsen|041##",
    ),
    ("+493023125###", "+494066969###", "+492214710###", "+498999998###"),
    ("+49176040690##", "+4917139200##"),
    listed(
        "Anna Lukas Sabine Jürgen Katharina Stefan Heike Matthias Ute Jonas Claudia Björn Miriam "
        "Holger Leonie Dieter Franziska Tobias Petra Marcel Svenja Rainer Carolin Uwe Nadine "
        "Philipp Birgit Florian Antje Sebastian Gudrun Maximilian Silke Thorsten Johanna Ralf "
        "Melanie Henrik Vera Andreas"
    ),
    listed(
        "Müller Schäfer Brandt Vogel Köhler Lindner Pohl Hartwig Jäger Engel Winter Busch "
        "Sommer Kuhn Albrecht Haas Schreiber Graf Dietrich Ziegler Krämer Böhm Seidel Arnold "
        "Baumann Otto Voigt Lorenz Franke Pfeiffer Hübner Wolff Reuter Thiele Marx Ernst Nagel "
        "Stein Ritter Kessler Wagner Fuchs Heinrich Stark Bauer Kern Sauer Vogt Beck Horn"
    ),
    listed("Lindenweg Hafenstraße Bahnhofstraße Gartenweg Mühlstraße Schulstraße"),
)
BRITAIN = Country(
    "GB",
    "United Kingdom",
    "English",
    "Europe/London",
    16,
    _towns(
        "London|England|EC1A #AA",
        "Manchester|England|M1 #AB",
        "Leeds|England|LS1 #BA",
        "Edinburgh|Scotland|EH1 #AD",
        "Cardiff|Wales|CF10 #AL",
    ),
    ("+442079460###", "+441614960###", "+441134960###", "+441314960###"),
    (),
    listed(
        "Oliver Amelia George Isla Harry Freya Arthur Grace Leo Poppy Noah Florence Alfie Ivy "
        "Theo Rosie Edward Alice Hugh Beatrice Owen Megan Rhys Niamh Callum Eilidh Duncan Priya "
        "Imran Nadia Kwame Chloe Simon Heather Martin Joanne Colin Wendy Nigel Fiona"
    ),
    listed(
        "Ashworth Pemberton Hargreaves Whitfield Thorne Bexley Carver Dunmore Ellison Fairfax "
        "Gorton Holloway Ingram Jardine Kirkby Langley Marlowe Nettleton Orchard Prescott "
        "Radcliffe Sedgwick Tolland Upton Varley Wainwright Yardley Ainsley Birkett Colborne "
        "Drummond Fenwick Galloway Hadley Lockwood Merton Osborne Parrish Rowntree Stanhope"
    ),
    ("Mill Lane", "Station Road", "Church Street", "Queens Road", "Park View"),
)
STATES = Country(
    "US",
    "United States",
    "English",
    "America/New_York",
    14,
    _towns(
        "New York|New York|100##",
        "Boston|Massachusetts|021##",
        "Philadelphia|Pennsylvania|191##",
        "Atlanta|Georgia|303##",
        "Charlotte|North Carolina|282##",
    ),
    (
        "+121255501##",
        "+164655501##",
        "+191755501##",
        "+171855501##",
        "+161755501##",
        "+185755501##",
        "+121555501##",
        "+126755501##",
        "+140455501##",
        "+147055501##",
        "+170455501##",
        "+198055501##",
    ),
    (),
    listed(
        "James Mary Robert Patricia Michael Linda Karen Daniel Nancy Brian Sandra Kevin Donna "
        "Jason Carol Eric Michelle Scott Amanda Brandon Melissa Gregory Deborah Tyler Stephanie "
        "Jose Angela Carlos Maria Wei Mei Darnell Keisha Ethan Hannah Logan Madison Evan Paige"
    ),
    listed(
        "Whitaker Hollis Bradshaw Castellano Delgado Easton Forsyth Grady Hutchins Ivers Jennings "
        "Kowalski Landry McAllister Norwood Ortega Pruitt Quimby Rutledge Sandoval Tillman "
        "Underhill Vasquez Weston Yates Zimmer Abbott Beckett Calloway Dawson Ellery Fulton "
        "Guthrie Harlan Ibarra Judd Kendrick Lassiter Maddox Nolan"
    ),
    ("Maple Avenue", "Oak Street", "Lakeview Drive", "Second Street", "Cedar Road"),
)
FRANCE = Country(
    "FR",
    "France",
    "French",
    "Europe/Paris",
    12,
    _towns(
        "Paris|Île-de-France|750##",
        "Lyon|Auvergne-Rhône-Alpes|690##",
        "Nantes|Pays-de-la-Loire|440##",
        "Lille|Hauts-de-France|590##",
    ),
    ("+331990000##", "+33261910###", "+33353010###", "+33465710###", "+33536490###"),
    (),
    listed(
        "Camille Hugo Léa Antoine Manon Julien Élodie Rémi Clémence Mathieu Aurélie Thibault "
        "Inès Gaspard Noémie Baptiste Océane Maxime Chloé Florent Margaux Cédric Sandrine Yann "
        "Hélène Damien Juliette François Solène Pascal"
    ),
    listed(
        "Lefèvre Moreau Girard Fournier Mercier Blanchard Garnier Chevalier Rousselle Faure "
        "Guérin Boyer Lemoine Renard Barbier Perrot Delmas Carpentier Vidal Besson Lacroix "
        "Charrier Meunier Prévost Hamelin Poirier Collin Marchand Roussel Jacquet"
    ),
    ("rue des Lilas", "rue de la Gare", "avenue du Port", "rue Neuve"),
)
SWEDEN = Country(
    "SE",
    "Sweden",
    "Swedish",
    "Europe/Stockholm",
    8,
    _towns(
        "Stockholm|Stockholms län|111 ##",
        "Gothenburg|Västra Götalands län|411 ##",
        "Malmö|Skåne län|211 ##",
    ),
    ("+463139006##", "+464062804##", "+468465004##", "+469803192##"),
    ("+467017406##",),
    listed(
        "Astrid Elsa Gustav Linnea Oskar Maja Nils Saga Viggo Ebba Axel Freja Ludvig Tuva Hjalmar "
        "Wilma Sixten Ronja Erik Lovisa Anders Ingrid Lars Birgitta Mats"
    ),
    listed(
        "Lindqvist Bergström Åkesson Nordin Sandberg Hedlund Ekström Forsberg Wallin Sjögren "
        "Holmgren Nyström Lundgren Engström Björk Dahlberg Fransson Söderlund Viklund Öberg "
        "Rosén Hallberg Strand Granath Ahlgren"
    ),
    ("Storgatan", "Kungsgatan", "Skolgatan", "Hamngatan"),
)
NETHERLANDS = Country(
    "NL",
    "Netherlands",
    "Dutch",
    "Europe/Amsterdam",
    8,
    _towns(
        "Amsterdam|Noord-Holland|10## AB",
        "Rotterdam|Zuid-Holland|30## CD",
        "Utrecht|Utrecht|35## EH",
    ),
    (),
    (),
    listed(
        "Daan Sanne Bram Lotte Sem Fleur Thijs Femke Joris Anouk Ruben Maud Koen Iris Sander Eva "
        "Jeroen Marit Wouter Esmee Niels Roos Maarten Tess Pieter"
    ),
    listed(
        "Visser Bakker Smit Mulder Kuipers Hoekstra Dekker Brouwer Postma Veenstra Kramer Schouten "
        "Willems Huisman Peeters Verhoeven Koster Prins Blom Hofman Zijlstra Timmermans Kok Bosch "
        "Jonker"
    ),
    ("Dorpsstraat", "Molenweg", "Kerkstraat", "Stationsweg"),
)
SPAIN = Country(
    "ES",
    "Spain",
    "Spanish",
    "Europe/Madrid",
    8,
    _towns("Madrid|Madrid|280##", "Barcelona|Barcelona|080##", "Valencia|Valencia|460##"),
    (),
    (),
    listed(
        "Lucía Javier Carmen Álvaro Marta Sergio Nuria Pablo Inés Rubén Elena Iván Rocío Adrián "
        "Pilar Óscar Cristina Raúl Beatriz Gonzalo Silvia Hugo Laura Andrés Mónica"
    ),
    listed(
        "Ibáñez Cabrera Fuentes Molina Serrano Castaño Vega Herrero Gallardo Nieto Peña Aguilar "
        "Rivas Cordero Marín Pascual Soler Bravo Lozano Quintana Esteban Carrasco Benítez Arias "
        "Montero"
    ),
    ("Calle Mayor", "Calle del Sol", "Avenida del Puerto", "Calle Nueva"),
)
COUNTRIES = (GERMANY, BRITAIN, STATES, FRANCE, SWEDEN, NETHERLANDS, SPAIN)
