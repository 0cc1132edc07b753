"""Names, places and words for made-up contacts, the frequent ones first."""

from __future__ import annotations

MALE = """James John Robert Michael William David Richard Joseph Thomas Charles Christopher Daniel
Matthew Anthony Mark Donald Steven Paul Andrew Joshua Kenneth Kevin Brian George Edward Ronald
Timothy Jason Jeffrey Ryan Jacob Gary Nicholas Eric Jonathan Stephen Larry Justin Scott Brandon
Benjamin Samuel Gregory Frank Alexander Raymond Patrick Jack Dennis Jerry Tyler Aaron José Adam
Henry Nathan Douglas Zachary Peter Kyle Walter Ethan Jeremy Harold Keith Christian Roger Noah
Gerald Carl Terry Sean Austin Arthur Lawrence Jesse Dylan Bryan Joe Jordan Billy Bruce Albert
Willie Gabriel Logan Alan Juan Wayne Roy Ralph Randy Eugene Vincent Russell Elijah Louis Bobby
Philip Johnny Hans Jürgen Günther Klaus Wolfgang Uwe Stefan Andreas Bernd Rainer Jörg Matthias
Torsten Sebastian Florian Tobias Felix Lukas Maximilian Jonas Leon Pierre Jean Michel André
Philippe Olivier Nicolas Laurent Antoine Julien Hugo Luc Carlos Antonio Manuel Francisco Javier
Miguel Alejandro Fernando Pablo Sergio Diego Giovanni Marco Luca Andrea Mohammed Ahmed Ali Omar
Yusuf Ivan Sergey Dmitri Alexei Piotr Pavel Wei Ming Hiroshi Kenji Raj Arjun Sanjay""".split()  # noqa: SIM905  # a list of words is read as words

FEMALE = """Mary Patricia Jennifer Linda Elizabeth Barbara Susan Jessica Sarah Karen Lisa Nancy
Betty Sandra Margaret Ashley Kimberly Emily Donna Michelle Carol Amanda Melissa Deborah Stephanie
Dorothy Rebecca Sharon Laura Cynthia Amy Kathleen Angela Shirley Brenda Emma Anna Pamela Nicole
Samantha Katherine Christine Helen Debra Rachel Carolyn Janet Maria Catherine Heather Diane Olivia
Julie Joyce Victoria Ruth Virginia Lauren Kelly Christina Joan Evelyn Judith Andrea Hannah Megan
Cheryl Jacqueline Martha Madison Teresa Gloria Sara Janice Ann Kathryn Abigail Sophia Frances Jean
Alice Judy Isabella Julia Grace Amber Denise Danielle Marilyn Beverly Charlotte Natalie Theresa
Diana Brittany Doris Kayla Alexis Lori Marie Ursula Renate Helga Sabine Petra Monika Gabriele
Birgit Heike Anke Katrin Claudia Susanne Ingrid Jana Lena Leonie Johanna Greta Isabelle Sylvie
Nathalie Céline Valérie Sandrine Aurélie Chloé Camille Manon Carmen Isabel Pilar Dolores Lucía
Elena Cristina Marta Paula Rosa Giulia Francesca Chiara Fatima Aisha Leila Olga Svetlana Natalia
Agnieszka Katarzyna Mei Yuki Sakura Priya Anita Deepa""".split()  # noqa: SIM905  # a list of words is read as words

LAST = """Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez
Gonzalez Wilson Anderson Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez
Clark Ramirez Lewis Robinson Walker Young Allen King Wright Scott Torres Nguyen Hill Flores Green
Adams Nelson Baker Hall Rivera Campbell Mitchell Carter Roberts Müller Schmidt Schneider Fischer
Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter Klein Wolf Schröder Neumann
Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Schmitt Werner Krause Lehmann Köhler Maier
Phillips Evans Turner Diaz Parker Cruz Edwards Collins Reyes Stewart Morris Morales Murphy Cook
Rogers Gutierrez Ortiz Morgan Cooper Peterson Bailey Reed Kelly Howard Ramos Kim Cox Ward Watson
Brooks Chavez Wood James Bennett Gray Mendoza Ruiz Hughes Price Alvarez Castillo Sanders Patel
Myers Long Ross Foster Jimenez Powell Jenkins Perry Russell Sullivan Bell Coleman Butler Henderson
Barnes Bernard Dubois Durand Moreau Laurent Simon Michel Lefebvre Leroy Roux Fournier Girard Bonnet
Fontaine Fernández Gómez Muñoz Álvarez Romero Rossi Russo Ferrari Esposito Bianchi Colombo Ricci
Khan Ahmed Singh Kumar Sharma Chen Wang Zhang Liu Yang Tanaka Suzuki Sato Ivanov Petrov Kowalski
Nowak Novak Jensen Hansen Nielsen Larsen Olsen Johansson Andersson Virtanen O'Brien O'Connor
McDonald MacLeod Walsh Byrne Ryan Fisher Barber Shepherd Mason Hunt Palmer Chapman Webb Knight
Lawson Black Stone Marsh Harper Boyd Lambert Kaiser Vogel Friedrich Keller Günther Frank Berger
Winkler Roth Beck Lorenz Baumann Franke Albrecht Schuster Simon Ludwig Böhm Winter Kraus Martin
Schumacher Krämer Vogt Stein Jäger Otto Sommer Groß Seidel Heinrich Brandt Haas Schreiber Graf
Dietrich Ziegler Kuhn Kühn Pohl Engel Horn Busch Bergmann Voigt Sauer Arnold Pfeiffer""".split()  # noqa: SIM905  # a list of words is read as words

SYLLABLES = """ba be bo bra bren can car cho da del den der dor el en er fal fen fer ga gar ger
gol ha hal han hel hof in ka kal ken ker kow lan lar len ler lin lo ma man mar mel men mer mon na
ner no or pa pel pen per pol ra ram ren ri ro ros sa san sel ser ski son sta stein ta tel ten ter
ti to va van ven ver vi vo wal wel wer win za zel zen""".split()  # noqa: SIM905  # a list of words is read as words

CITIES = [
    ("New York", "100", "212", 8.0, "US"), ("Los Angeles", "900", "213", 4.0, "US"),
    ("Chicago", "606", "312", 2.7, "US"), ("Houston", "770", "713", 2.3, "US"),
    ("Boston", "021", "617", 1.0, "US"), ("Seattle", "981", "206", 1.0, "US"),
    ("Denver", "802", "303", 0.9, "US"), ("Austin", "787", "512", 0.9, "US"),
    ("Portland", "972", "503", 0.7, "US"), ("Columbus", "432", "614", 0.7, "US"),
    ("Springfield", "627", "217", 0.3, "US"), ("Fairview", "370", "615", 0.1, "US"),
    ("London", "EC1A ", "20", 6.0, "GB"), ("Manchester", "M1 ", "161", 1.5, "GB"),
    ("Leeds", "LS1 ", "113", 1.0, "GB"), ("Bristol", "BS1 ", "117", 0.8, "GB"),
    ("Berlin", "101", "30", 3.6, "DE"), ("Hamburg", "200", "40", 1.8, "DE"),
    ("München", "803", "89", 1.5, "DE"), ("Köln", "506", "221", 1.1, "DE"),
    ("Stuttgart", "701", "711", 0.7, "DE"), ("Leipzig", "041", "341", 0.5, "DE"),
    ("Münster", "481", "251", 0.3, "DE"), ("Paris", "750", "1", 3.0, "FR"),
    ("Lyon", "690", "4", 0.8, "FR"), ("Marseille", "130", "4", 0.8, "FR"),
    ("Madrid", "280", "91", 3.0, "ES"), ("Barcelona", "080", "93", 1.6, "ES"),
    ("Sevilla", "410", "95", 0.7, "ES"), ("Valencia", "460", "96", 0.8, "ES"),
]  # fmt: skip

_ROADS = """Main High Park Oak Maple Cedar Elm Washington Lake Hill Church Station Mill Victoria
King Queen Market Bridge River Forest Garden School North South West East Spring Sunset Lincoln
Jackson Franklin Chestnut Walnut Willow Highland Valley Meadow Prospect Pleasant Summit""".split()  # noqa: SIM905  # a list of words is read as words
STREETS = [f"{road} {kind}" for road in _ROADS for kind in ("Street", "Avenue", "Road", "Lane")]
STREETS += [
    f"{road}straße"
    for road in """Haupt Bahnhof Garten Berg Schul Linden Schiller Goethe
Kirch Wald Ring Birken Rosen Wiesen Mühlen Feld""".split()  # noqa: SIM905  # a list of words is read as words
]
STREETS += [f"Rue {of}" for of in ("de la Paix", "Victor Hugo", "du Moulin", "de l'Église")]
STREETS += [f"Calle {of}" for of in ("Mayor", "Real", "del Sol", "de la Luna", "San José")]

FIRM_WORDS = """North South Blue Green Silver Golden Alpha Delta Nova Prime Apex Summit Bright Data
Cloud Net Soft Micro Macro Global Inter Trans Euro Pacific Atlantic Central United First Royal Star
Solar Bio Med Health Care Food Agro Build Steel Stone Wood Glass Paper Print Media Studio Design
Digital Smart Quick Swift Safe Secure Trust Capital Finance Invest Legal Tax Audit Consult Market
Sales Retail Trade Export Logistic Cargo Ship Air Rail Auto Motor Energy Power Water Wind Light
Labs Works Systems Solutions Partners Group Robotics Analytics Mobile Travel Hotel Sport""".split()  # noqa: SIM905  # a list of words is read as words
FIRM_ENDS = ["Inc", "Inc.", "LLC", "Ltd", "Ltd.", "GmbH", "AG", "SA", "SL", "Corp", "Co.", ""]
PRIVATE_HOSTS = [
    ("gmail.com", 45), ("yahoo.com", 12), ("hotmail.com", 10), ("outlook.com", 10),
    ("icloud.com", 8), ("gmx.de", 6), ("web.de", 4), ("orange.fr", 3), ("aol.com", 2),
]  # fmt: skip

NICKNAMES = {
    "Robert": ("Bob", "Rob", "Bobby"), "William": ("Bill", "Will", "Billy", "Liam"),
    "James": ("Jim", "Jimmy", "Jamie"), "Michael": ("Mike", "Mick", "Micha"),
    "Richard": ("Rick", "Dick", "Rich"), "Joseph": ("Joe", "Joey"), "Thomas": ("Tom", "Tommy"),
    "Charles": ("Charlie", "Chuck"), "Christopher": ("Chris", "Kit"), "Daniel": ("Dan", "Danny"),
    "Matthew": ("Matt",), "Anthony": ("Tony",), "Steven": ("Steve",), "Andrew": ("Andy", "Drew"),
    "Kenneth": ("Ken", "Kenny"), "Edward": ("Ed", "Eddie", "Ted", "Ned"), "Timothy": ("Tim",),
    "Jeffrey": ("Jeff",), "Nicholas": ("Nick",), "Jonathan": ("Jon",), "Stephen": ("Steve",),
    "Benjamin": ("Ben",), "Samuel": ("Sam",), "Gregory": ("Greg",), "Alexander": ("Alex", "Sasha"),
    "Raymond": ("Ray",), "Patrick": ("Pat", "Paddy"), "Lawrence": ("Larry",), "Henry": ("Harry",),
    "Elizabeth": ("Liz", "Beth", "Betsy", "Lisa"), "Patricia": ("Pat", "Patty", "Tricia"),
    "Jennifer": ("Jen", "Jenny"), "Barbara": ("Barb", "Babs"), "Susan": ("Sue", "Susie"),
    "Jessica": ("Jess",), "Margaret": ("Maggie", "Peggy", "Meg"), "Katherine": ("Kate", "Kathy"),
    "Deborah": ("Deb", "Debbie"), "Rebecca": ("Becky",), "Kathleen": ("Kathy",),
    "Pamela": ("Pam",), "Samantha": ("Sam",), "Christine": ("Chris", "Tina"),
    "Catherine": ("Cathy", "Kate"), "Victoria": ("Vicky", "Tori"), "Theresa": ("Terry", "Tess"),
    "Hans": ("Johannes", "Hansi"), "Wolfgang": ("Wolf",), "Maximilian": ("Max",),
    "Sebastian": ("Basti",), "Tobias": ("Tobi",), "Francisco": ("Paco", "Pancho"),
    "Antonio": ("Toni",), "Alejandro": ("Alex",), "Dolores": ("Lola",), "Gabriele": ("Gabi",),
    "Susanne": ("Susi",), "Katarzyna": ("Kasia",), "Dmitri": ("Dima",), "José": ("Pepe",),
}  # fmt: skip
SPELLINGS = {
    "Jürgen": ("Juergen", "Jurgen"), "Günther": ("Guenther", "Gunter"), "Jörg": ("Joerg", "Jorg"),
    "André": ("Andre",), "José": ("Jose",), "Céline": ("Celine",), "Valérie": ("Valerie",),
    "Lucía": ("Lucia",), "Chloé": ("Chloe",), "Aurélie": ("Aurelie",), "Sergey": ("Sergei",),
    "Alexei": ("Alexey", "Aleksei"), "Mohammed": ("Muhammad", "Mohamed"), "Yusuf": ("Youssef",),
    "Katrin": ("Kathrin", "Catrin"), "Stefan": ("Stephan",), "Lukas": ("Lucas",),
}  # fmt: skip
