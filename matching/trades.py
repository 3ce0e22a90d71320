"""What firms call what they do, and the sectors it may belong to: 切削, プレス, めっき, 縫製 ...

The owner of a small firm knows a process, not a class of a classification. The first sector of a
trade is the likeliest, by what the catalogue's sectors are called: dies stand with fabricated
metal. JSIC codes and the names of sectors are looked for in the catalogue itself.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from localities.models import Sector
from localities.naming import reader_language
from localities.text import fold

SHORTEST_JSIC = 2  # digits: divisions, the widest classes that the catalogue names
SHORTEST_PART = 3  # letters of Latin script that say anything inside a name
NEAR = 0.5  # half of the letters: one of the two characters of most words of the trade
MOST_NEAR = 5
_JSIC = re.compile(r"(?:jsic)?[a-t]?([0-9]{1,4})")  # with or without the letter of the section
_PARTS = re.compile(r"[・、,]| and | và ")


@dataclass(frozen=True, slots=True)
class Trade:
    """A process or product by its names in ja, en and vi; the first of each is the one shown."""

    ja: tuple[str, ...]
    en: tuple[str, ...]
    vi: tuple[str, ...]
    sectors: tuple[str, ...]

    @property
    def name(self) -> str:
        """Its name in the reader's language."""
        return str(getattr(self, reader_language())[0])

    @property
    def words(self) -> tuple[str, ...]:
        """Every name it goes by."""
        return (*self.ja, *self.en, *self.vi)


def _trade(ja: str, en: str, vi: str, *sectors: str) -> Trade:
    return Trade(tuple(ja.split("/")), tuple(en.split("/")), tuple(vi.split("/")), sectors)


TRADES = (
    _trade("切削/旋盤/マシニング/機械加工/研磨/研削/せっさく/せんばん/けんま",
           "Machining/turning/milling/grinding",
           "Gia công cắt gọt/tiện/phay/mài", "fabricated-metal", "machinery",
           "transport-equipment"),
    _trade("プレス/板金/製缶/溶接/レーザー加工/ばんきん/ようせつ",
           "Pressing/stamping/sheet metal/welding",
           "Dập/gia công tấm/hàn", "fabricated-metal", "transport-equipment"),
    _trade("金型/治具/治工具/かながた", "Moulds and dies/dies/jigs/tooling", "Khuôn mẫu/đồ gá",
           "fabricated-metal"),
    _trade("熱処理/焼入れ/焼き入れ/ねつしょり/やきいれ", "Heat treatment/hardening", "Nhiệt luyện",
           "fabricated-metal"),
    _trade("めっき/メッキ/鍍金/表面処理/塗装/アルマイト/ひょうめんしょり/とそう",
           "Plating/surface treatment/coating",
           "Mạ/xử lý bề mặt/sơn", "fabricated-metal"),
    _trade("鋳造/鍛造/ダイカスト/鋳物/ちゅうぞう/たんぞう/いもの",
           "Casting/forging/die casting", "Đúc/rèn",
           "basic-metals", "fabricated-metal"),
    _trade("樹脂成形/射出成形/プラスチック/ゴム/ブロー成形/せいけい/じゅし",
           "Plastic moulding/injection moulding/rubber", "Ép nhựa/đúc nhựa/cao su",
           "plastics-rubber"),
    _trade("縫製/アパレル/ニット/染色/繊維/皮革/靴/ほうせい/せんい",
           "Sewing/apparel/knitting/dyeing/leather",
           "May mặc/dệt/nhuộm/da giày", "textiles-apparel"),
    _trade("電子部品/基板/実装/センサー/コネクタ", "Electronic parts/circuit boards/sensors",
           "Linh kiện điện tử/bo mạch/cảm biến", "electronics", "semiconductors"),
    _trade("ソフトウェア/システム開発/アプリ/オフショア開発/AI", "Software/app development/AI",
           "Phần mềm/phát triển hệ thống", "it-dx"),
    _trade("ねじ/ボルト/ばね/バネ/鋲", "Screws/bolts/springs/fasteners", "Ốc vít/bu lông/lò xo",
           "fabricated-metal"),
    _trade("自動車部品/車載/二輪部品", "Car parts/automotive/motorcycle parts",
           "Phụ tùng ô tô/phụ tùng xe máy", "transport-equipment", "fabricated-metal"),
    _trade("ワイヤーハーネス/電線/電池/モーター/変圧器/配電盤",
           "Wire harness/cables/batteries/motors", "Dây điện/pin/động cơ điện",
           "electrical-equipment", "transport-equipment"),
    _trade("産業機械/工作機械/ロボット/FA/精密機器/測定器/省力化機械",
           "Industrial machines/robots/machine tools/instruments",
           "Máy công nghiệp/robot/máy công cụ/thiết bị đo", "machinery"),
    _trade("半導体/ウエハ/半導体製造装置", "Semiconductors/chips/wafers", "Bán dẫn/vi mạch",
           "semiconductors", "electronics"),
    _trade("医療機器/医療用器具", "Medical devices", "Thiết bị y tế", "medical-devices"),
    _trade("食品/飲料/冷凍食品/菓子/調味料/惣菜", "Food/drinks/frozen food/sweets",
           "Thực phẩm/đồ uống/bánh kẹo", "food-processing"),
    _trade("水産加工/養殖/漁業", "Fish processing/aquaculture", "Chế biến thủy sản/nuôi trồng",
           "fisheries", "food-processing"),
    _trade("家具/木工/印刷/包装/段ボール/紙器", "Furniture/woodwork/printing/packaging",
           "Nội thất/gỗ/in ấn/bao bì", "wood-paper"),
    _trade("化学/医薬品/化粧品/塗料/接着剤/インキ", "Chemicals/medicines/cosmetics/paint",
           "Hóa chất/dược phẩm/mỹ phẩm/keo", "chemicals-pharma"),
    _trade("ガラス/セラミックス/炭素繊維/セメント/陶磁器", "Glass/ceramics/carbon fibre",
           "Thủy tinh/gốm/sợi carbon", "ceramics-materials"),
    _trade("造船/航空機部品/鉄道車両", "Shipbuilding/aircraft parts/rolling stock",
           "Đóng tàu/linh kiện hàng không", "transport-equipment"),
    _trade("玩具/楽器/文具/スポーツ用品/宝飾/雑貨", "Toys/instruments/stationery/sporting goods",
           "Đồ chơi/nhạc cụ/văn phòng phẩm", "other-manufacturing"),
    _trade("水処理/リサイクル/廃棄物/環境/浄化槽", "Water treatment/recycling/waste",
           "Xử lý nước/tái chế/chất thải", "environment-gx"),
    _trade("太陽光/風力/水素/発電/省エネ", "Solar/wind/hydrogen/power generation",
           "Điện mặt trời/điện gió/hydro", "energy"),
    _trade("建設/設備工事/内装/設計", "Construction/building services", "Xây dựng/thi công",
           "construction-smart-city"),
    _trade("物流/倉庫/通関/運送", "Logistics/warehousing/forwarding", "Kho bãi/vận tải/hải quan",
           "logistics-ports"),
    _trade("農業/植物工場/種苗/林業", "Farming/plant factory/seeds/forestry",
           "Nông nghiệp/nhà kính/lâm nghiệp", "hightech-agriculture"),
    _trade("人材育成/日本語学校/研修/教育", "Training/language school/education",
           "Đào tạo/trường tiếng Nhật", "education-hr"),
    _trade("介護/病院/診療所", "Elderly care/clinics", "Chăm sóc người cao tuổi/phòng khám",
           "healthcare"),
)  # fmt: skip
SHOWN_FIRST = TRADES[:10]


@dataclass(frozen=True, slots=True)
class Hit:
    """A sector that a word may mean, and what the word was found in: a trade, a JSIC code."""

    code: str
    found_in: str = ""


@dataclass(frozen=True, slots=True)
class Hits:
    """The sectors for a word, the likeliest first; `near` where only a word like it is known."""

    sectors: tuple[Hit, ...]
    near: bool = False


def hits_for(text: str) -> Hits:
    """The sectors that `text` may mean: one query.

    `text` is a process, a product, a part of a sector's name, or a JSIC code, of which the sector
    of the longest beginning counts (2446 is in 24). For a word that nobody knows, those of the
    words that are spelled most like it.
    """
    wanted = fold(text)
    if not wanted:
        return Hits(())
    sectors = list(Sector.objects.filter(is_active=True))
    found = [*_by_trade(wanted), *_by_jsic(wanted, sectors), *_by_name(wanted, sectors)]
    if found:
        return Hits(_each_once(found))
    return Hits(_each_once(_near(wanted, sectors))[:MOST_NEAR], near=True)


def _each_once(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """The first hit of every sector."""
    first: dict[str, Hit] = {}
    for hit in hits:
        first.setdefault(hit.code, hit)
    return tuple(first.values())


def _by_trade(wanted: str) -> Iterator[Hit]:
    for trade in TRADES:
        if any(_alike(fold(word), wanted) for word in trade.words):
            yield from (Hit(code, trade.name) for code in trade.sectors)


def _by_jsic(wanted: str, sectors: Iterable[Sector]) -> Iterator[Hit]:
    """The sectors under the longest beginning of the code that the catalogue knows."""
    written = _JSIC.fullmatch(wanted)
    if written is None:
        return
    code = written[1].zfill(SHORTEST_JSIC)
    for length in range(len(code), SHORTEST_JSIC - 1, -1):
        found = [sector for sector in sectors if code[:length] in sector.jsic]
        if found:
            yield from (Hit(sector.key, f"JSIC {code[:length]}") for sector in found)
            return


def _by_name(wanted: str, sectors: Iterable[Sector]) -> Iterator[Hit]:
    if wanted.isascii() and len(wanted) < SHORTEST_PART:
        return
    yield from (Hit(sector.key) for sector in sectors if wanted in sector.search_text)


def _near(wanted: str, sectors: Iterable[Sector]) -> list[Hit]:
    """The sectors of the words that are spelled most like it, the nearest first."""
    scored: list[tuple[float, Hit]] = []
    for trade in TRADES:
        nearness = max(_nearness(fold(word), wanted) for word in trade.words)
        scored.extend((nearness, Hit(code, trade.name)) for code in trade.sectors)
    for sector in sectors:
        names = (fold(part) for name in _names(sector) for part in _PARTS.split(name))
        scored.append((max(_nearness(name, wanted) for name in names), Hit(sector.key)))
    near = [(nearness, hit) for nearness, hit in scored if nearness >= NEAR]
    return [hit for _nearness_of, hit in sorted(near, key=lambda pair: -pair[0])]


def _names(sector: Sector) -> tuple[str, ...]:
    return tuple(filter(None, (sector.name_ja, sector.name_en, sector.name_vi)))


def _nearness(word: str, wanted: str) -> float:
    """From 0 to 1: the share of letters that two words have in common, in the same order."""
    return SequenceMatcher(None, word, wanted, autojunk=False).ratio()


def _alike(word: str, wanted: str) -> bool:
    """Whether one holds the other; short words in Latin script must be the same or a beginning."""
    if word == wanted:
        return True
    least = 4 if word.isascii() else 2
    begins = len(wanted) >= 2 and word.startswith(wanted)
    inside = not word.isascii() and len(wanted) >= 2 and wanted in word
    return begins or inside or (len(word) >= least and word in wanted)
