"""The invented shop Hemvist: its stores, its tree of goods and its articles."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from members.models import Category, Product, Store

WEBSHOP = "web"

# code, name, region, share of the members at home there
STORES = (
    ("sthlm", "Hemvist Stockholm", "Stockholm", 34),
    ("gbg", "Hemvist Göteborg", "Västra Götaland", 27),
    ("uppsala", "Hemvist Uppsala", "Uppsala", 14),
    ("visby", "Hemvist Visby", "Gotland", 8),
    (WEBSHOP, "Hemvist på nätet", "", 17),
)

# How a month compares with an ordinary one, January first.
ALL_YEAR = (1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)
WARM = (0.2, 0.3, 0.7, 1.6, 2.4, 2.8, 2.6, 1.4, 0.6, 0.3, 0.2, 0.2)
COLD = (1.4, 1.2, 0.9, 0.5, 0.3, 0.2, 0.2, 0.5, 1.2, 1.6, 1.8, 2.0)
ADVENT = (0.1, 0, 0, 0, 0, 0, 0, 0, 0, 0.6, 5, 6)

# A root of the tree, its branches, and their goods: "name, price in kronor". The first of a list sells best.
Branches = dict[str, tuple[tuple[float, ...], tuple[str, ...]]]
TREE: dict[str, Branches] = {
    "Kök & dukning": {
        "Porslin": (ALL_YEAR, ("Mugg Morgon, 129", "Tallrik Äng, 149", "Skål Äng, 119", "Fat Holmen, 349")),
        "Glas": (ALL_YEAR, ("Vattenglas Bris, 79", "Vinglas Bris, 99", "Karaff Bris, 299")),
        "Redskap": (ALL_YEAR, ("Skärbräda i ek, 279", "Träslev i björk, 69", "Kockkniv 20 cm, 695")),
        "Kokkärl": (COLD, ("Gjutjärnsgryta 4 l, 1295", "Stekpanna 28 cm, 795", "Kastrull 2 l, 595")),
    },
    "Textil": {
        "Sängkläder": (ALL_YEAR, ("Påslakan i linne, 1295", "Örngott i linne, 349", "Lakan i bomull, 495")),
        "Badrum": (ALL_YEAR, ("Badlakan Våg, 299", "Handduk Våg, 149", "Badrock Våg, 795")),
        "Kuddar & plädar": (COLD, ("Ullpläd Fjäll, 895", "Kuddfodral Moss, 249", "Innerkudde, 149")),
        "Mattor": (ALL_YEAR, ("Trasmatta 70×200, 699", "Ullmatta 170×240, 3495", "Dörrmatta i kokos, 249")),
    },
    "Ljus & doft": {
        "Lampor": (COLD, ("Bordslampa Fyr, 895", "Taklampa Måne, 1795", "Golvlampa Fyr, 1995")),
        "Stearinljus": (COLD, ("Kronljus 8 st, 89", "Blockljus, 59", "Ljusstake i mässing, 349")),
        "Doftljus": (ALL_YEAR, ("Doftljus Tallskog, 229", "Doftljus Syren, 229", "Doftpinnar Hav, 279")),
    },
    "Kläder": {
        "Stickat": (COLD, ("Lammullströja, 1195", "Kofta i merino, 1395", "Raggsockor, 149", "Mössa, 349")),
        "Linne": (WARM, ("Linneskjorta, 895", "Linneklänning, 1295", "Linnebyxor, 995")),
        "Nattkläder": (ALL_YEAR, ("Pyjamas i flanell, 695", "Morgonrock, 895", "Tofflor i ull, 499")),
        "Accessoarer": (ALL_YEAR, ("Tygkasse Hemvist, 99", "Scarf i silke, 595", "Skinnhandskar, 699")),
    },
    "Trädgård": {
        "Krukor": (WARM, ("Lerkruka 18 cm, 119", "Zinkbalja, 349", "Ampel i jute, 179")),
        "Odling": (WARM, ("Fröpåse Luktärt, 39", "Planteringsspade, 229", "Vattenkanna 5 l, 395")),
        "Utemöbler": (WARM, ("Hammock Sommar, 1495", "Fällstol i teak, 995", "Lykta Skär, 449")),
    },
    "Jul": {
        "Julpynt": (ADVENT, ("Adventsstjärna, 349", "Julgranskulor 6 st, 199", "Halmbock, 249", "Dörrkrans, 299")),
        "Julbord": (ADVENT, ("Glöggmugg 4 st, 299", "Juldukslöpare, 349", "Ljusstake Lucia, 495")),
    },
    "Presentkort & kvällar": {
        "Presentkort": (ADVENT, ("Presentkort 500 kr, 500", "Presentkort 300 kr, 300", "Presentkort 1000 kr, 1000")),
        "Kvällar": (ADVENT, ("Kväll: binda krans, 395", "Kväll: laga surdeg, 295")),
    },
}  # fmt: skip
FLAGS = {"Presentkort": ("gift_card",), "Kvällar": ("event_ticket",)}


@dataclass(frozen=True, slots=True)
class Article:
    """Something on the shelf; ``months`` says how well it sells, January first."""

    sku: str
    name: str
    price_ore: int
    root: str
    path: str
    months: tuple[float, ...]
    flags: tuple[str, ...]
    popularity: float

    @property
    def can_come_back(self) -> bool:
        return not self.flags


@dataclass(slots=True)
class Shelf:
    """All that the shop sells, and the rows of its tree."""

    articles: list[Article] = field(default_factory=list)
    categories: list[Category] = field(default_factory=list)
    products: list[Product] = field(default_factory=list)


def open_stores() -> dict[str, Store]:
    """The shop's stores by code."""
    return {
        code: Store.objects.create(code=code, name=name, region=region, is_online=code == WEBSHOP)
        for code, name, region, _share in STORES
    }


def fill_shelves() -> Sequence[Article]:
    """Store the tree and its products; return what there is to buy."""
    shelf = Shelf()
    for root_place, (root, branches) in enumerate(TREE.items(), start=1):
        top = Category.objects.create(code=f"{root_place}", name=root, path=f"{root_place}")
        for branch_place, (branch, (months, goods)) in enumerate(branches.items(), start=1):
            node = _branch(top, branch, branch_place)
            shelf.categories.append(node)
            _stock(shelf, top, node, months, goods)
    Product.objects.bulk_create(shelf.products)
    return shelf.articles


def _branch(top: Category, name: str, place: int) -> Category:
    code = f"{top.code}{place}"
    return Category.objects.create(code=code, name=name, parent=top, path=f"{top.path}/{code}")


def _stock(
    shelf: Shelf, top: Category, node: Category, months: tuple[float, ...], goods: tuple[str, ...]
) -> None:
    flags = FLAGS.get(node.name, ())
    # Gift cards and evenings are a small part of what is sold.
    scale = 0.1 if flags else 1.0
    for place, text in enumerate(goods, start=1):
        name, price = text.rsplit(", ", 1)
        sku = f"H-{node.code}{place:02d}"
        shelf.products.append(Product(sku=sku, name=name, category=node, brand="Hemvist", flags=list(flags)))
        shelf.articles.append(
            Article(sku, name, int(price) * 100, top.code, node.path, months, flags, scale / place)
        )
