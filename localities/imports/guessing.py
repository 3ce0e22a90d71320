"""Which field a column is likely to be: as the organisation took it last, or by its heading."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from django.utils.translation import override

from localities.imports.fields import KEY, NAME, RANGE, ImportField, fields_of
from localities.imports.reading import Grid, Head, as_text, body, headings, heads
from localities.imports.units import without_brackets
from localities.models import ColumnMapping, ImportFile
from localities.models.records import KEY_LENGTH
from localities.naming import ORDER
from localities.text import fold

LONGEST_HEADING = 300
_NAMED = re.compile(r"\[([a-z0-9_.]{1,80})\]\s*$")
_DIGIT = re.compile(r"(?<![a-zA-Z])\d")  # of a number, not of m2
# What officers write where the catalogue has another word.
_WORDS = {
    KEY: ("key", "キー", "ID", "mã", "識別子"),
    NAME: ("名称", "名前", "施設名", "機関名", "name", "tên"),
    "industrial-park": ("団地名", "工業団地名", "工業団地", "park", "khu công nghiệp"),
    "province": ("省", "省名", "省・市", "所在省", "tỉnh", "tỉnh/thành phố", "province"),
    "name_ja": ("和名", "日本語名", "名称（日本語）"),
    "name_en": ("英語名", "名称（英語）", "英文名"),
    "name_vi": ("ベトナム語名", "越語名", "名称（ベトナム語）"),
    "indicator": ("指標", "指標名", "chỉ tiêu", "chỉ số"),
    "period": ("期間", "時点", "年", "年度", "kỳ", "năm"),
    f"value{RANGE}": ("値", "数値", "value", "giá trị"),
    "value_min": ("下限", "最小値"),
    "value_max": ("上限", "最大値"),
    f"factory_rent_usd_m2_month{RANGE}": ("工場賃料", "賃貸工場賃料", "賃料（USD/㎡/月）"),
    f"land_rent_usd_m2{RANGE}": ("土地賃料", "土地リース料", "地代"),
    "land_rent_usd_m2_min": ("土地賃料 下限",),
    "land_rent_usd_m2_max": ("土地賃料 上限",),
    "factory_rent_usd_m2_month_min": ("工場賃料 下限", "工場賃料 最低", "賃料（USD/㎡/月）下限"),
    "factory_rent_usd_m2_month_max": ("工場賃料 上限", "工場賃料 最高", "賃料（USD/㎡/月）上限"),
    "total_area_ha": ("面積", "総面積", "開発面積", "敷地面積"),
    "leasable_area_ha": ("リース可能面積", "分譲可能面積"),
    "available_area_ha": ("空き面積", "残面積"),
    "occupancy_pct": ("入居率", "稼働率"),
    "tenants_count": ("入居企業数", "入居企業", "入居社数"),
    "japanese_tenants_count": ("日系企業数", "日系企業", "日系入居企業数"),
    "status": ("状態", "状況", "稼働状況"),
    "rental_factory": ("レンタル工場", "賃貸工場"),
    "japanese_speaking_staff": ("日本語対応", "日本語スタッフ", "日本語対応スタッフ"),
    "source.title": ("出典", "出所", "nguồn", "source"),
    "source.url": ("URL", "出典URL", "リンク"),
    "source.published": ("公表日", "発行日", "公表時期"),
    "source.note": ("ページ", "備考（出典）"),
    "source.as_of": ("現在", "調査時点", "確認日"),
}  # fmt: skip


def likeliest(grid: Grid, kind: str, remembered: Mapping[str, str]) -> Head:
    """Where the headings stand: where most of them are known, in the fewest rows.

    Rather there where no further row of headings, such as one of units, would be read as a record.
    """

    def likely(head: Head) -> tuple[int, int, int, int]:
        columns = guessed(headings(grid, head), kind, remembered)
        known = len(columns)
        return 0 if _goes_on(grid, head, columns) else known, known, -head.rows, -head.first

    return max(heads(grid), key=likely)


def _goes_on(grid: Grid, head: Head, columns: Mapping[int, str]) -> bool:
    """Whether the row under the headings names no record and holds no number: more headings."""
    names = [column for column, field in columns.items() if field in (KEY, NAME)]
    under = next(iter(body(grid, head)), None)
    if under is None or not names or any(under.cell(column) is not None for column in names):
        return False
    return not any(_DIGIT.search(as_text(cell)) for cell in under.cells)


def guessed(titles: list[str], kind: str, remembered: Mapping[str, str]) -> dict[int, str]:
    """The field of each column whose heading tells it; no field twice."""
    words, fields = _words(kind), fields_of(kind)
    found: dict[int, str] = {}
    for column, title in enumerate(titles):
        if (known := folded(title)) and known in remembered:
            if remembered[known] in fields and remembered[known] not in found.values():
                found[column] = remembered[known]
            continue
        spoken = (words.get(variant) for variant in _variants(title))
        name = next((n for n in spoken if n and n not in found.values()), None)
        if name:
            found[column] = name
    return found


def folded(title: str) -> str:
    """A heading as it is remembered."""
    return fold(title)[:LONGEST_HEADING]


def remembered_by(file: ImportFile) -> dict[str, str]:
    """What the organisation took columns for: folded heading -> field, '' for none."""
    rows = ColumnMapping.objects.filter(organisation=file.organisation_id, kind=file.kind)
    return dict(rows.values_list("heading", "field"))


def remember(file: ImportFile, titles: list[str], columns: Mapping[int, str]) -> None:
    """Keeps what the columns were taken for, those that were left out too."""
    rows = {
        known: columns.get(column, "")
        for column, title in enumerate(titles)
        if (known := folded(title))
    }
    ColumnMapping.objects.bulk_create(
        [
            ColumnMapping(
                organisation_id=file.organisation_id, kind=file.kind, heading=known, field=name
            )
            for known, name in rows.items()
        ],
        update_conflicts=True,
        unique_fields=["organisation", "kind", "heading"],
        update_fields=["field"],
    )


def _variants(title: str) -> list[str]:
    """How a heading can be spelled, folded: in full, without units, its lower row alone."""
    named = [f"[{found[1]}]"] if (found := _NAMED.search(title)) else []
    levels = title.split(" / ")
    texts = [title, "".join(levels), without_brackets("".join(levels))]
    texts += ["".join(map(without_brackets, levels)), levels[-1], without_brackets(levels[-1])]
    return named + [known for text in texts if (known := fold(text))]


@cache
def _words(kind: str) -> dict[str, str]:
    """Folded headings of all fields, in all languages."""
    found: dict[str, str] = {}
    fields = fields_of(kind)
    for name in fields:
        found[f"[{name}]"] = name
        found.setdefault(fold(name), name)
    for language in ORDER:
        with override(language):
            for name, own in fields.items():
                for text in _spellings(own):
                    found.setdefault(fold(text), name)
    for name, texts in _WORDS.items():
        name = NAME if name == kind else name  # over a column of provinces stands 'province'
        if name in fields:
            for text in texts:
                found[fold(text)] = name
    return {text: name for text, name in found.items() if text and len(text) <= KEY_LENGTH}


def _spellings(own: ImportField) -> tuple[str, ...]:
    return own.label, without_brackets(own.label)
