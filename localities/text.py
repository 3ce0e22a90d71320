"""How names are compared: whatever script, width, tone mark or kana they are typed in."""

import re
import unicodedata

_KATAKANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}  # to hiragana
_STROKED = str.maketrans({"đ": "d", "ー": "", "・": "", "･": ""})
_GAPS = re.compile(r"[\s\-‐–—_.,'’]+")
# What stands before or behind a name to say what it is of, once bare (see `_bare`).
_UNITS_BEFORE = re.compile(r"^\s*(?:旧\s*|(?:tinh|thanh\s+pho|tp)(?:\.\s*|\s+))+")
# Begun within a run of them anew each time, the search would take the square of its length.
_UNITS_BEHIND = re.compile(
    r"(?<![\s省市])(?<!\sprovince)(?<!\scity)(?:\s*[省市]|\s+(?:province|city))+\s*$"
)


def fold(text: str) -> str:
    """`text` as it is stored for search and looked for.

    Width, case, tone marks and the kind of kana are dropped (ビンズン, びんずん; Bình Dương,
    binh duong), as are gaps, hyphens, long marks and middle dots.
    """
    return _GAPS.sub("", _bare(text))


def fold_name(text: str) -> str:
    """What of a name somebody types is looked for: `fold` without words for a unit.

    Tỉnh Bình Dương, Binh Duong Province and 旧ビンズオン省 are stored by their names alone. Stored
    names keep what they have: what is found without a unit is found in a name that has one.
    """
    name = _UNITS_BEHIND.sub("", _UNITS_BEFORE.sub("", _bare(text)))
    return _GAPS.sub("", name) or fold(text)  # a unit alone is a word like any other


def _bare(text: str) -> str:
    wide = unicodedata.normalize("NFKC", text).casefold().translate(_KATAKANA).translate(_STROKED)
    split = unicodedata.normalize("NFD", wide)
    # Voiced marks of kana are combining too, and they carry meaning: keep them.
    bare = "".join(c for c in split if not unicodedata.combining(c) or c in "\u3099\u309a")
    return unicodedata.normalize("NFC", bare)
