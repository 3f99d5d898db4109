"""Secrets that can be told: whose a word, an amount or an id is. And whether somebody heard another's."""

import re

WORD = re.compile(rb"zq[a-y]{10}")
# Amounts have two decimals; moments have none or six.
AMOUNT = re.compile(r"(?<![\d.])(\d+)\.(\d\d)(?![\d.])")
EVERYBODY = None

# Each user's amounts are multiples of a prime of their own, so that each sum of them is one, too, and no other sum.
PRIMES = (100003, 100019, 100043, 100049, 100057, 100069, 100103, 100109, 100129, 100151, 100153, 100169, 100183, 100189)


class Book:
    """Who may hear what."""

    def __init__(self, rng):
        self.rng = rng
        self.owners = {}  # by word: a set of names, or EVERYBODY
        self.literals = {}  # cookies and tokens: whose
        self.primes = {}
        self.ids = {}  # by id of a transaction or notification: the name

    def word(self, *owners, everybody=False):
        word = "zq" + "".join(self.rng.choice("abcdefghijklmnoprstuvwxy") for _ in range(10))
        self.owners[word.encode()] = EVERYBODY if everybody else set(owners)
        return word

    def user(self):
        name = self.word()
        self.owners[name.encode()].add(name)
        self.primes[name] = PRIMES[len(self.primes)]
        return name

    def amount(self, name):
        """In hundredths."""
        return self.primes[name] * self.rng.randrange(1_000, 1_000_000)

    def secret(self, name, text):
        self.literals[text.encode()] = name
        return text

    def is_of(self, word, name):
        owners = self.owners[word]
        return owners is EVERYBODY or name in owners

    def amounts_of(self, text, name):
        """Those in a text that are not sums of this user's."""
        return [found.group() for found in AMOUNT.finditer(re.sub(r"(?<=\d),(?=\d)", "", text)) if int(found[1] + found[2]) % self.primes[name]]

    def leaks(self, part, name):
        """What of another this user (None: nobody) heard in it. Nothing is all that may be said."""
        data = bytes(part.data)
        sent = set(WORD.findall(part.sent.lower()))
        for word in self.owners.keys() & set(WORD.findall(data.lower())) - sent:
            if not self.is_of(word, name):
                at = data.lower().index(word)
                yield f"the word {word} of {self.owners[word]} in …{data[max(at - 300, 0) : at + 60]}…"
        for literal, owner in self.literals.items():
            if owner != name and literal in data and literal not in part.sent:
                yield f"a secret of {owner}"
        if name is None:
            return
        for message in part.messages:
            yield from self._leaks_of(message, name)

    def _leaks_of(self, value, name, member=None):
        if isinstance(value, dict):
            for inner, each in value.items():
                yield from self._leaks_of(each, name, inner)
        elif isinstance(value, list):
            for each in value:
                yield from self._leaks_of(each, name, member)
        elif isinstance(value, str):
            for amount in self.amounts_of(value, name):
                yield f"the amount {amount} in {value}"
        elif isinstance(value, float) and round(value * 100) % self.primes[name]:
            yield f"{member} {value}"
        elif member in ("id", "next") and isinstance(value, int) and self.ids.get(value) != name:
            yield f"the {member} {value} of {self.ids.get(value)}"
