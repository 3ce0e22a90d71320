"""What is said where a translation is missing: one rule for records and for sentences."""

from types import SimpleNamespace

import pytest
from django.utils import translation

from localities.naming import Wording, localized
from matching.sentences.reading import language_of, said
from matching.snapshot import Name

NAMES = {
    "ja, en": (Name(ja="大阪府", en="Osaka"), {"ja": "ja", "en": "en", "vi": "en"}),
    "ja": (Name(ja="大阪府"), {"ja": "ja", "en": "ja", "vi": "ja"}),
    "en, vi": (Name(en="Hanoi", vi="Hà Nội"), {"ja": "en", "en": "en", "vi": "vi"}),
    "vi": (Name(vi="Hà Nội"), {"ja": "vi", "en": "vi", "vi": "vi"}),
    "ja, vi": (Name(ja="ハノイ", vi="Hà Nội"), {"ja": "ja", "en": "ja", "vi": "vi"}),
}


@pytest.mark.parametrize("known", NAMES)
@pytest.mark.parametrize("reader", ["ja", "en", "vi"])
def test_a_reader_gets_the_name_likeliest_to_be_read(known: str, reader: str) -> None:
    name, expected = NAMES[known]
    record = SimpleNamespace(name_ja=name.ja, name_en=name.en, name_vi=name.vi)
    wording = Wording(str(getattr(name, expected[reader])), expected[reader])
    with translation.override(reader):
        assert localized(record, "name") == wording
        assert Wording(said(name), language_of(name)) == wording
    assert localized(record, "name", reader) == wording


def test_no_name_is_no_wording() -> None:
    assert localized(SimpleNamespace(name_ja=None, name_en="", name_vi=None), "name") is None
    assert said(None) == said(Name()) == ""
