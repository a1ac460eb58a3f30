from __future__ import annotations

from typing import Any

import pytest

from pvengine.project.checking.loosened_policy import iter_loosened_keys
from pvengine.project.configuration import CheckPolicy, Configuration, SignatureSettings, TeethSettings


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ({}, {"check": CheckPolicy(stale="report")}, ["check.stale was 'new', is 'report'"]),
        ({"check": {"stale": "all"}}, {}, ["check.stale was 'all', is 'new'"]),
        ({"check": {"stale": "report"}}, {}, []),
        ({"check": {"unbound": 3}}, {}, []),
        (
            {"check": {"nothing": "fail"}},
            {"check": CheckPolicy(nothing="pass")},
            ["check.nothing was 'fail', is 'pass'"],
        ),
        ({}, {"severities": {"PV302": "off"}}, ["severities.PV302 was 'error', is 'off'"]),
        ({}, {"severities": {"PV606": "error"}}, []),
        ({"severities": {"PV606": "error"}}, {}, ["severities.PV606 was 'error', is 'warning'"]),
        ({"severities": {"PV606": "off", "PV999": "error"}}, {}, []),
        ({"third_party": "stale"}, {}, ["third_party was 'stale', is 'report'"]),
        ({}, {"ignore": {"old/*": ("PV204", "PV302")}}, ["ignore has PV204, PV302 for 'old/*'"]),
        (
            {"ignore": {"old/*": ["PV204"]}},
            {"ignore": {"old/*": ("PV204", "PV302")}},
            ["ignore has PV302 for 'old/*'"],
        ),
        ({"ignore": {"old/*": ["PV204"]}}, {}, []),
        ({}, {"baseline": "base.json"}, ["baseline was None, is 'base.json'"]),
        ({"baseline": "base.json"}, {"baseline": "base.json"}, []),
        ({}, {"statuses": {"GREEN": "DISCHARGED"}}, ["statuses.GREEN was None, is 'DISCHARGED'"]),
        ({"teeth": {"minimum_score": 0.7}}, {}, ["teeth.minimum_score was 0.7, is not set"]),
        (
            {"teeth": {"minimum_score": 0.7}},
            {"teeth": TeethSettings(minimum_score=0.5)},
            ["teeth.minimum_score was 0.7, is 0.5"],
        ),
        ({"teeth": {"minimum_score": 0.7}}, {"teeth": TeethSettings(minimum_score=0.8)}, []),
        ({"signatures": {"require": True}}, {}, ["signatures.require was true, is false"]),
        ({"signatures": {"require": True}}, {"signatures": SignatureSettings(require=True)}, []),
        ({"signatures": "text"}, {}, []),
    ],
)
def test_what_is_looser_is_told_with_both_values(before: Any, now: Any, said: list[str]) -> None:
    assert list(iter_loosened_keys(Configuration(**now), before)) == said
