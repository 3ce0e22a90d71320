"""Names are compared whatever script, width, tone mark or kana they are typed in."""

import pytest

from localities.text import fold


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ビンズン", "びんずん"),
        ("ﾊﾉｲ", "ハノイ"),
        ("ホーチミン", "ホチミン"),
        ("バリア・ブンタウ", "バリアブンタウ"),
        ("Bình Dương", "binh duong"),
        ("ĐỒNG NAI", "dongnai"),
        ("Ba Ria - Vung Tau", "ba ria–vung tau"),
        ("Đắk Lắk", "DakLak"),
        ("ＶＳＩＰ", "vsip"),
    ],
)
def test_fold_makes_equal(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"), [("ハノイ", "バノイ"), ("ハナム", "パナム"), ("Ha Nam", "Ha Nan")]
)
def test_fold_keeps_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)
