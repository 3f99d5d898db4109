"""Finds the client in the tree, and makes random tests repeatable."""

import json
import os
import pathlib
import random
import sys

import pytest

sys.dont_write_bytecode = True

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "clients" / "python"))


@pytest.fixture
def rng():
    """Its seed is printed where the test fails: repeat it with SEED=…"""
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(2**32))
    print(f"SEED={seed}")
    return random.Random(seed)


@pytest.fixture(scope="session")
def vectors():
    return json.loads((ROOT / "tests" / "golden" / "hash_vectors.json").read_text())
