"""Default weights of a stage, from what 262 Kansai manufacturers called their gravest problems.

Sector and hard infrastructure, which the survey did not ask about, hold a sixth each; the stage's
shares divide the rest among soft, talent, market and cost.
"""

from __future__ import annotations

import numpy as np

from matching.engine.facts import DIMENSIONS, SURVEY_ISSUES, SURVEY_STAGES, Facts, Floats
from matching.engine.requirements import STAGES

WEIGHT_MAX = 5.0
# Six dimensions at 2 on average: a clear middle of the scale of 0 to 5.
WEIGHT_TOTAL = 12.0
UNASKED = ("sector", "hard")
UNASKED_SHARE = 1 / 6

SURVEY_STAGE = {
    "consider": "before",
    "prepare": "before",
    "enter": "entering",
    "operate": "after",
}

# Where a place can ease the problem: what is sold, bought and with whom is market; rules,
# procedures and advice are soft infrastructure; pay and tax are cost; people are talent.
ISSUE_DIMENSION = {
    "market-needs": "market",
    "labour-conditions": "talent",
    "tax-rules-incentives": "cost",
    "partner-search": "market",
    "case-examples": "soft",
    "parts-procurement": "market",
    "investment-environment-rules": "soft",
    "manager-talent": "talent",
    "trade-customs": "soft",
    "worker-retention": "talent",
    "tax-procedures": "soft",
    "unexpected-cost": "cost",
    "ip-protection": "soft",
}


def default_weights(facts: Facts) -> Floats:
    """Return [4, 6]: the weights of each stage in STAGES over DIMENSIONS; rows add up to 12."""
    rows = [SURVEY_STAGES.index(SURVEY_STAGE[stage]) for stage in STAGES]
    percent = np.nan_to_num(facts.survey_percent, nan=0.0)[rows]
    weights = np.zeros((len(STAGES), len(DIMENSIONS)))
    for issue, dimension in ISSUE_DIMENSION.items():
        weights[:, DIMENSIONS.index(dimension)] += percent[:, SURVEY_ISSUES.index(issue)]
    asked = WEIGHT_TOTAL * (1 - UNASKED_SHARE * len(UNASKED))
    total = weights.sum(axis=1, keepdims=True)
    even = np.array([dimension not in UNASKED for dimension in DIMENSIONS]) / 4
    # Without a survey the four asked dimensions share evenly.
    weights = np.where(total > 0, weights / np.where(total > 0, total, 1.0), even) * asked
    for dimension in UNASKED:
        weights[:, DIMENSIONS.index(dimension)] = WEIGHT_TOTAL * UNASKED_SHARE
    return weights
