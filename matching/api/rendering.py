"""An answer in the words of the API contract."""

from collections.abc import Callable, Iterable
from typing import Any

from matching.answers import (
    Answer,
    CriterionLine,
    MustHaveLine,
    PlaceLine,
    ReasonLine,
    ResultLine,
    SourceLine,
)

Absolute = Callable[[str], str]
Json = dict[str, Any]


def render(answer: Answer, *, full: bool, absolute: Absolute) -> Json:
    """The body of the answer to `POST /api/v1/matches/`; `absolute` completes an address.

    `full` adds the criteria of every place and what the plots are drawn from.
    """

    def place(line: PlaceLine) -> Json:
        return _place(line, absolute)

    def results(lines: Iterable[ResultLine]) -> list[Json]:
        return [_result(line, full=full, absolute=absolute) for line in lines]

    body: Json = {
        "catalogue_version": answer.catalogue_version,
        "engine_version": answer.engine_version,
        "level": answer.level,
        "weights": answer.weights,
        "counts": {
            "ranked": answer.ranked,
            "excluded": answer.excluded_count,
            "too_little_data": answer.too_little_data_count,
        },
        "mean_fit": answer.mean_fit,
        "results": results(answer.results),
        "by_region": {
            region: [line.slug for line in lines] for region, lines in answer.by_region.items()
        },
        "ask": [
            {
                "place": place(line.place),
                "criterion": line.criterion,
                "question": line.question,
                "could_reach_rank": line.could_reach_rank,
                "together": line.together,
            }
            for line in answer.ask
        ],
        "excluded": [
            {"place": place(line.place), "failed": [_failed(each) for each in line.failed]}
            for line in answer.excluded
        ],
        "too_little_data": results(answer.too_little_data),
        "what_would_change": [
            {
                "dimension": line.dimension,
                "from": line.weight_from,
                "to": line.weight_to,
                "first": {"slug": line.first.slug, "name": line.first.name},
            }
            for line in answer.what_would_change
        ],
    }
    return body | _plots(answer) if full else body


def _plots(answer: Answer) -> Json:
    return {
        "trade_off": answer.trade_off
        and [
            {
                "slug": line.place.slug,
                "cost": line.cost,
                "cost_high": line.cost_high,
                "others": line.others,
                "front": line.front,
            }
            for line in answer.trade_off
        ],
        "rank_acceptability": answer.acceptability
        and [
            {"slug": line.place.slug, "shares": list(line.shares)} for line in answer.acceptability
        ],
        "central_weights": answer.central_weights
        and [
            {"slug": line.place.slug, "p_first": line.p_first, "weights": line.weights}
            for line in answer.central_weights
        ],
    }


def _place(line: PlaceLine, absolute: Absolute) -> Json:
    return {
        "kind": line.kind,
        "slug": line.slug,
        "code": line.code,
        "name": line.name,
        "name_vi": line.name_local,
        "macro": line.macro,
        "province": line.province,
        "url": absolute(line.url),
    }


def _result(line: ResultLine, *, full: bool, absolute: Absolute) -> Json:
    other = line.could_be_first_by
    body: Json = {
        "rank": line.rank,
        "place": _place(line.place, absolute),
        "fit": line.fit,
        "band": list(line.band),
        "coverage": {"province": line.province_coverage, "site": line.site_coverage},
        "could_be_first": line.could_be_first,
        "could_be_first_by": other
        and {
            "slug": other.slug,
            "name": other.name,
            "fit": other.fit,
            "url": absolute(other.url),
        },
        "p_first": line.p_first,
        "p_top3": line.p_top3,
        "expected_rank": line.expected_rank,
        "to_be_confirmed": line.to_be_confirmed,
        "too_little_data": line.too_little_data,
        "dimensions": {
            dimension.code: {
                "fit": dimension.fit,
                "coverage": dimension.coverage,
                "weight": dimension.weight,
            }
            if dimension.fit is not None
            else None
            for dimension in line.dimensions
        },
    }
    if full:
        body["criteria"] = [_criterion(criterion) for criterion in line.criteria]
    park = line.best_park
    return body | {
        "reasons": [_reason(reason) for reason in line.reasons],
        "cautions": [_reason(caution) for caution in line.cautions],
        "must_haves": [_must_have(condition) for condition in line.must_haves],
        "best_park": park
        and {"slug": park.slug, "name": park.name, "fit": park.fit, "url": absolute(park.url)},
    }


def _source(line: SourceLine | None) -> Json | None:
    return {"slug": line.key} | _members(line) if line else None


def _criterion(line: CriterionLine) -> Json:
    return _members(line) | {"source": _source(line.source)}


def _reason(line: ReasonLine) -> Json:
    return _members(line) | {"source": _source(line.source)}


def _must_have(line: MustHaveLine) -> Json:
    return _members(line) | {"source": _source(line.source)}


def _members(line: CriterionLine | ReasonLine | MustHaveLine | SourceLine) -> Json:
    """What the line itself holds, by name: `asdict` would copy all of it deeply."""
    return {name: getattr(line, name) for name in line.__slots__}


def _failed(line: MustHaveLine) -> Json:
    return {
        "code": line.code,
        "label": line.label,
        "fact": line.fact,
        "as_of": line.as_of,
        "source": _source(line.source),
    }
