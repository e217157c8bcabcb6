"""Whom an invented Swedish club is made of."""


def _names(text: str) -> list[str]:
    return text.split()


WOMEN = _names(
    "Anna Eva Maria Karin Kristina Lena Sara Emma Kerstin Ingrid Marie Malin Jenny Birgitta Elin Linnéa Annika "
    "Monica Susanne Ulla Hanna Johanna Julia Sofia Helena Amanda Ida Elisabeth Margareta Camilla Lisa Åsa Maja "
    "Frida Astrid Ellen Klara Matilda Moa Agnes Wilma Ebba Saga Alva Vera Selma Märta Greta Stina Tove Fatima "
    "Amina Leila Mira Nadja Zeynep Ewa Katarzyna Aino Siv Gun Barbro Gunilla Pia Carina Ulrika Jessica Lovisa "
    "Tuva Signe Hedda Ronja Nova Freja Ingela Yvonne Berit Solveig Anneli Therese Rebecka Josefin Cecilia"
)
MEN = _names(
    "Lars Mikael Anders Johan Erik Per Karl Peter Jan Thomas Daniel Fredrik Andreas Stefan Bo Hans Bengt Mats "
    "Marcus Magnus Jonas Oskar Viktor Emil Gustav Nils Axel Filip Simon Hugo Elias Liam Adam Ali Omar Mohammed "
    "Björn Göran Sven Åke Ulf Rolf Kjell Leif Tomas Joakim Henrik Patrik Niklas Sebastian Albin Ludvig Isak "
    "Anton Rasmus David Robin Kalle Tore Arne Ove Håkan Jörgen Sören Östen"
)
FAMILIES = _names(
    "Andersson Johansson Karlsson Nilsson Eriksson Larsson Olsson Persson Svensson Gustafsson Pettersson Jonsson "
    "Jansson Hansson Bengtsson Jönsson Lindberg Jakobsson Magnusson Olofsson Lindström Lindqvist Lindgren "
    "Axelsson Berg Bergström Lundberg Lind Lundgren Lundqvist Mattsson Berglund Fredriksson Sandberg Henriksson "
    "Forsberg Sjöberg Wallin Engström Eklund Danielsson Lundin Håkansson Björk Bergman Gunnarsson Holm Wikström "
    "Samuelsson Isaksson Fransson Bergqvist Nyström Holmberg Arvidsson Löfgren Söderberg Nyberg Blomqvist "
    "Claesson Nordström Mårtensson Lundström Viklund Björklund Eliasson Pålsson Sandström Falk Ström Åberg "
    "Hermansson Ek Hellström Dahlberg Ekström Öberg Blom Ahmed Hassan Ali Haddad Kowalska Virtanen Åkesson "
    "Norberg Sundberg Hedlund Dahl Martinsson Abrahamsson Månsson Palm Åström Strand Nordin Melin Sjögren"
)

# Few families are many: the n-th most common name is borne by about one in n of those who bear the first.
FAMILY_WEIGHTS = [1 / (place + 4) for place in range(len(FAMILIES))]

# Numbers that the Swedish authority keeps free for fiction, so that nobody real is ever called.
FICTIONAL_PHONES = [f"+467017406{number:02d}" for number in range(5, 100)]

_ASCII = str.maketrans("åäöéÅÄÖÉ", "aaoeAAOE")


def plain_name(first_name: str, last_name: str) -> str:
    """The name as it stands in an address, where Jonsson and Jönsson are one."""
    return f"{first_name}.{last_name}".translate(_ASCII).lower()


def address_of(name: str, nth: int) -> str:
    """The e-mail address of the ``nth`` of a plain name, at a domain that can never exist (RFC 2606)."""
    return f"{name}{nth if nth > 1 else ''}@post.example"
