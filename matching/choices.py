"""What a firm can choose from, in the reader's language: stages, purposes, ways of entry."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from localities.naming import reader_language
from matching.engine.requirements import ENTRY_MODES, PURPOSES, STAGES

Labels = dict[str, str | Promise]

STAGE_LABELS: Labels = {
    "consider": _("Considering"),
    "prepare": _("Preparing"),
    "enter": _("Entering"),
    "operate": _("Already operating"),
}
PURPOSE_LABELS: Labels = {
    "export-to-japan": _("Make there, ship to Japan"),
    "supply-japanese-makers": _("Supply Japanese makers there"),
    "supply-local-makers": _("Supply local makers"),
    "sell-in-vietnam": _("Sell in Viet Nam"),
    "third-country-export": _("Export to other countries"),
    "development-offshore": _("Offshore development"),
    "recruit-talent": _("Find and train people"),
}
ENTRY_MODE_LABELS: Labels = {
    "rental-factory": _("Rental factory"),
    "own-factory": _("Own land and plant"),
    "sublease": _("A corner in another firm's plant"),
    "incubation": _("Incubation, without a company of our own"),
    "contract-production": _("Contract production with a partner"),
    "joint-venture": _("Joint venture"),
    "joint-entry": _("Together with other small firms"),
    "office": _("Office only"),
}
assert set(STAGE_LABELS) == set(STAGES)  # noqa: S101
assert set(PURPOSE_LABELS) == set(PURPOSES)  # noqa: S101
assert set(ENTRY_MODE_LABELS) == set(ENTRY_MODES)  # noqa: S101

# JIS X 0401: the code of a prefecture is its place in this list, from 01.
_PREFECTURES = (
    "北海道 Hokkaido|青森県 Aomori|岩手県 Iwate|宮城県 Miyagi|秋田県 Akita|山形県 Yamagata|"
    "福島県 Fukushima|茨城県 Ibaraki|栃木県 Tochigi|群馬県 Gunma|埼玉県 Saitama|千葉県 Chiba|"
    "東京都 Tokyo|神奈川県 Kanagawa|新潟県 Niigata|富山県 Toyama|石川県 Ishikawa|福井県 Fukui|"
    "山梨県 Yamanashi|長野県 Nagano|岐阜県 Gifu|静岡県 Shizuoka|愛知県 Aichi|三重県 Mie|"
    "滋賀県 Shiga|京都府 Kyoto|大阪府 Osaka|兵庫県 Hyogo|奈良県 Nara|和歌山県 Wakayama|"
    "鳥取県 Tottori|島根県 Shimane|岡山県 Okayama|広島県 Hiroshima|山口県 Yamaguchi|"
    "徳島県 Tokushima|香川県 Kagawa|愛媛県 Ehime|高知県 Kochi|福岡県 Fukuoka|佐賀県 Saga|"
    "長崎県 Nagasaki|熊本県 Kumamoto|大分県 Oita|宮崎県 Miyazaki|鹿児島県 Kagoshima|沖縄県 Okinawa"
)
PREFECTURES: dict[str, tuple[str, str]] = {
    f"{number:02}": (names.split()[0], names.split()[1])
    for number, names in enumerate(_PREFECTURES.split("|"), start=1)
}


def prefecture_name(code: str) -> str:
    """The prefecture's name, in Japanese script for readers of Japanese."""
    return PREFECTURES[code][0 if reader_language() == "ja" else 1]
