"""Which port or airport a park means when it states how far it is."""

import re
from collections.abc import Iterable

from localities.models import TransportNode

# Words that say what it is, not which: 'Nghi Son deep-water port', 'Dung Quat port cluster'.
_KIND_WORDS = re.compile(
    r"\b(international|deep[- ]?(water|sea)|sea ?ports?|(air)?ports?|terminals?|clusters?)\b"
)
_BETWEEN = re.compile(r"\s+and\s+|\s+-\s+|[,/;()]")
_ASIDE = re.compile(r"\([^)]*\)")


def names_in(text: str) -> frozenset[str]:
    """The bare names in the English name of one port or of several.

    >>> sorted(names_in("Cai Mep - Thi Vai ports"))
    ['cai mep', 'thi vai']
    """
    bare = (_KIND_WORDS.sub(" ", part) for part in _BETWEEN.split(text.lower()))
    return frozenset(name for part in bare if (name := " ".join(part.split())))


def names_of(ports: Iterable[TransportNode]) -> frozenset[str]:
    """Every name that one of `ports` goes by, a name in brackets included."""
    return frozenset(
        name
        for port in ports
        for text in (port.name_en, *port.other_names)
        for name in names_in(text)
    )


def is_one_of(stated: str | None, names: frozenset[str]) -> bool:
    """Whether all that `stated` names are among `names`.

    Of two ports only one of which is known, nobody can say which one the distance is to. What
    stands in brackets tells where the port lies ('inside the zone') and names none.
    """
    meant = names_in(_ASIDE.sub(" ", stated or ""))
    return bool(meant) and meant <= names


def called(stated: str | None, nodes: Iterable[TransportNode]) -> TransportNode | None:
    """The one of `nodes` that goes by the name `stated`; None where none or several do.

    'Tien Sa port' is 'Da Nang port (Tien Sa)'; one port of a pair is not the pair.
    """
    meant = names_in(_ASIDE.sub(" ", stated or ""))
    found = [node for node in nodes if meant and meant in _full_names(node)]
    return found[0] if len(found) == 1 else None


def _full_names(node: TransportNode) -> list[frozenset[str]]:
    aside = _ASIDE.findall(node.name_en)
    return [names_in(name) for name in (_ASIDE.sub(" ", node.name_en), *aside, *node.other_names)]
