"""What a match answers: the same words for pages, API, command line and reports.

Numbers are what the engine computed, unrounded; texts are in the reader's language. None is
unknown, or not asked for.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SourceLine:
    """The source of a fact."""

    key: str
    title: str
    url: str | None
    published: str | None


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """A province or a park."""

    kind: str  # "province" or "industrial-park"
    slug: str
    code: str | None
    name: str
    name_lang: str  # the language that `name` is in
    name_local: str | None  # the Vietnamese name
    macro: str  # north, central or south
    province: str | None  # of a park
    url: str  # of its page, without host


@dataclass(frozen=True, slots=True)
class DimensionLine:
    """How a place fits on one dimension; `fit` is None where nothing of it was asked."""

    code: str
    fit: float | None
    coverage: float | None
    weight: float


@dataclass(frozen=True, slots=True)
class CriterionLine:
    """One criterion for one place. The weights of a place's criteria add up to 1.

    The band follows: fit - 100 x sum(weight x spread) to fit + 100 x sum(weight x (unknown +
    spread)).
    """

    code: str
    dimension: str
    level: str
    label: str
    value: float | None
    unknown: float  # the share of it that is unknown: 1 where the value is
    spread: float  # half of what a ranged fact leaves open
    weight: float
    contribution: float
    fact: str | None
    as_of: str | None
    source: SourceLine | None


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """A reason or a caution, in one sentence."""

    criterion: str
    dimension: str
    text: str
    contribution: float | None
    as_of: str | None
    source: SourceLine | None
    ends_at: str | None = None  # of a caution: what the fact would have to be


@dataclass(frozen=True, slots=True)
class MustHaveLine:
    """A must-have of a place: met, unknown (with the question to ask) or failed."""

    code: str
    label: str
    status: str
    fact: str | None
    question: str | None
    as_of: str | None
    source: SourceLine | None


@dataclass(frozen=True, slots=True)
class BestPark:
    """The park that a province is judged by."""

    slug: str
    name: str
    name_lang: str
    url: str
    fit: float
    offer: str | None  # units and rent, where known


@dataclass(frozen=True, slots=True)
class OtherPark:
    """Another park of a province, by which it could be first where its best park could not."""

    slug: str
    name: str
    name_lang: str
    url: str
    fit: float  # with all its unknown facts turned out well


@dataclass(frozen=True, slots=True)
class ResultLine:
    """One place of the ranking. Fit and band of a province are those of `best_park`."""

    rank: int | None
    place: PlaceLine
    fit: float
    band: tuple[float, float]
    province_coverage: float | None
    site_coverage: float | None
    could_be_first: bool | None
    could_be_first_by: OtherPark | None  # None: by the park that the fit is of, or not at all
    p_first: float | None
    p_top3: float | None
    expected_rank: float | None
    dimensions: tuple[DimensionLine, ...]
    criteria: tuple[CriterionLine, ...]
    reasons: tuple[ReasonLine, ...]
    cautions: tuple[ReasonLine, ...]
    must_haves: tuple[MustHaveLine, ...]
    best_park: BestPark | None
    to_be_confirmed: bool  # a must-have is unknown
    too_little_data: bool  # a province all of whose parks have too little data


@dataclass(frozen=True, slots=True)
class ExcludedLine:
    """A place on record as failing a must-have."""

    place: PlaceLine
    failed: tuple[MustHaveLine, ...]


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """A blank that could move the ranking, as a question to ask."""

    place: PlaceLine
    criterion: str
    question: str
    could_reach_rank: int
    together: int  # the must-haves of the place that would all have to be confirmed; 1: this alone


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """The smallest change of one weight that puts another place first."""

    dimension: str
    weight_from: float
    weight_to: float
    first: PlaceLine


@dataclass(frozen=True, slots=True)
class TradeOffLine:
    """A ranked place's cost against the rest; no cost where less than half of it is known."""

    rank: int
    place: PlaceLine
    cost: float | None
    cost_high: float | None  # if what is unknown of it turns out well
    others: float  # the fit of the five other dimensions, under the given weights
    front: bool  # no other place is at least as good on both and better on one


@dataclass(frozen=True, slots=True)
class AcceptabilityLine:
    """In which share of the draws a place takes rank 1, 2, ... 10."""

    place: PlaceLine
    shares: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class CentralWeightsLine:
    """The mean weights, adding up to 1, of the draws in which a place is first."""

    place: PlaceLine
    p_first: float
    weights: dict[str, float]


@dataclass(frozen=True, slots=True)
class Answer:
    """One match."""

    catalogue_version: int
    engine_version: str
    level: str
    weights: dict[str, float]
    ranked: int
    excluded_count: int
    too_little_data_count: int
    mean_fit: float | None
    results: tuple[ResultLine, ...]
    by_region: dict[str, tuple[PlaceLine, ...]]
    ask: tuple[QuestionLine, ...]
    excluded: tuple[ExcludedLine, ...]
    too_little_data: tuple[ResultLine, ...]
    what_would_change: tuple[ChangeLine, ...]
    ranking: tuple[tuple[int, PlaceLine, float], ...]  # rank, place, fit of every place ranked
    trade_off: tuple[TradeOffLine, ...] | None  # None: no cost is asked, or cost alone has weight
    acceptability: tuple[AcceptabilityLine, ...] | None  # of the first ten; None without draws
    central_weights: tuple[CentralWeightsLine, ...] | None  # likeliest first; None without draws
