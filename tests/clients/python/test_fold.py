"""Folding of deltas: what the differ of the tests takes apart, the client puts together."""

import json

import pytest
from btpay_client import Misfit, canonical, fold
from differ import VIEWS, difference, nearby, random_data


@pytest.mark.parametrize("view", VIEWS)
def test_a_delta_between_any_two_states_folds_into_the_second(view, rng):
    for _ in range(60):
        before = random_data(view, rng)
        after = nearby(view, before, rng) if rng.randrange(2) else random_data(view, rng)
        kept = canonical(before)
        delta = json.loads(json.dumps(difference(view, before, after)))
        assert canonical(fold(view, before, delta)) == canonical(after)
        assert canonical(before) == kept, "the data before is left as it was"


@pytest.mark.parametrize(
    ("view", "data", "delta"),
    [
        ("pending", [1, 2], {"removed": [2]}),
        ("pending", [1, 2, 3], {"removed": [0, 1]}),
        ("pending", [1], {"added": [[3, 2]]}),
        ("pending", [1], {"added": [["0", 2]]}),
        ("dashboard", {}, {"lists": {"top_merchants": {"removed": [0]}}}),
        ("hourly", [1], {"shift": 2}),
        ("hourly", [1], {"shift": 1, "cells": [[1, 2]]}),
    ],
)
def test_what_cannot_be_folded_is_a_misfit(view, data, delta):
    with pytest.raises(Misfit):
        fold(view, data, delta)
