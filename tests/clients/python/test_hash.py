"""The canonical form and its hash, against vectors that both languages share."""

import json

import btpay_client


def test_each_vector_has_its_canonical_form_and_hash(vectors):
    for vector in vectors:
        data = json.loads(vector["json"])
        assert btpay_client.canonical(data) == vector["canonical"], vector["what"]
        assert btpay_client.hash_of(data) == vector["hash"], vector["what"]


def test_random_numbers_read_back_as_themselves(rng):
    for _ in range(1000):
        number = rng.choice([rng.uniform(-1e15, 1e15), rng.randrange(10**9) / 100, 10 ** rng.uniform(-320, 308)])
        assert float(btpay_client.canonical(number)) == number
