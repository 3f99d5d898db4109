"""The preset answers as the replaced system did: for every user of its data, at many moments, and for any text."""

import datetime
import json
import os
import pathlib
import random
import subprocess
from decimal import Decimal

import moneymanager
import pytest
from service import BIN

GOLDEN = pathlib.Path(__file__).parents[1] / "golden" / "moneymanager" / "transactions.json"
RULES = pathlib.Path(__file__).parents[2] / "domain" / "moneymanager_rules.json"
VIEWS = ("dashboard", "pending", "hourly", "categories", "stats")


def table():
    """The keyword table, in its order."""
    rules = json.loads(RULES.read_text(encoding="utf-8"))
    return [(name, rules["keywords"][name]) for name in rules["order"]]


def replay(*arguments, **options):
    done = subprocess.run([f"{BIN}/btpay-replay", *arguments], capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0, done.stderr
    return done.stdout


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def seeded():
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(2**32))
    print(f"repeat with SEED={seed}")
    return random.Random(seed)


class Installation:
    """The replaced system's data, imported, and the reference's idea of it."""

    def __init__(self, folder):
        self.data = str(folder / "data")
        document = json.loads(GOLDEN.read_text(encoding="utf-8"))
        self.now = moment(document["now"])
        names = {u["id"]: u["username"] for u in document["users"]}
        accounts = [{**a, "user": names[a["user"]]} for a in document["accounts"]]
        rows = [{**t, "user": names[t["user"]]} for t in document["transactions"]]
        lines = [{"account": {k: a[k] for k in ("user", "name", "currency", "created_at")}} for a in accounts]
        lines += [
            {"external_id": str(r["id"]), "source": "moneymanager"}
            | {k: r[k] for k in ("user", "date", "amount", "currency", "description", "status", "linked")}
            for r in rows
        ]
        file = folder / "rows.ndjson"
        file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        told = json.loads(replay("--data", self.data, "import", str(file), "--compat", "moneymanager"))
        assert told["accepted"] == len(rows) and told["rejected"] == 0
        for r in rows:
            r["date"], r["amount"] = moment(r["date"]), Decimal(r["amount"])
        self.users = {
            name: moneymanager.User(
                [r for r in rows if r["user"] == name], [a for a in accounts if a["user"] == name], table()
            )
            for name in names.values()
            if any(line["user"] == name for line in rows + accounts)
        }

    def show(self, view, name, at):
        text = replay("--data", self.data, "show", view, "--user", name, "--at", at.isoformat(), "--compat", "moneymanager")
        return json.loads(text, parse_float=Decimal)

    def moments(self, chance):
        """The data's own now, and borders: exactly at rows, beside them, hours, days and a month away."""
        dates = [r["date"] for user in self.users.values() for r in user.rows]
        micro = datetime.timedelta(microseconds=1)
        spans = [0, 1, 24, 7 * 24, 30 * 24]
        chosen = [
            chance.choice(dates) + chance.choice(spans) * moneymanager.HOUR + chance.choice([-micro, 0 * micro, micro])
            for _ in range(6)
        ]
        return [self.now, *chosen, self.now + chance.randrange(60) * moneymanager.DAY]


def plain(value, ids):
    """Both sides in one form: amounts as decimals without their digits, dates as moments, ids as the n-th by age."""
    if isinstance(value, dict):
        return {k: ids.get(v, v) if k == "id" else plain(v, ids) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(v, ids) for v in value]
    if isinstance(value, str) and len(value) > 18 and value[4:5] == "-" and value[10:11] == "T":
        return moment(value)
    return Decimal(value).normalize() if isinstance(value, (int, Decimal)) else value


def assert_same(installation, chance):
    for name, user in installation.users.items():
        order = {r["id"]: n for n, r in enumerate(sorted(user.rows, key=lambda r: r["id"]))}
        for at in installation.moments(chance):
            for view in VIEWS:
                wanted = user.stats_of(at) if view == "stats" else getattr(user, view)(at)
                shown = installation.show(view, name, at)
                if view == "pending":
                    assert len({item["id"] for item in shown}) == len(shown)
                    shown, wanted = ([{**i, "id": 0} for i in items] for items in (shown, wanted))
                if view == "stats":
                    shown = {k: {m: shown[k][m] for m in wanted[k]} for k in wanted}
                assert plain(shown, order) == plain(wanted, order), (view, name, at.isoformat())
                if view == "categories":
                    assert list(shown) == list(wanted), (name, at.isoformat())


@pytest.fixture()
def installation(tmp_path):
    return Installation(tmp_path)


def test_views_equal_the_reference_before_and_after_categorising(installation):
    chance = seeded()
    assert_same(installation, chance)
    for name, user in installation.users.items():
        command = ("auto-categorize", "--user", name, "--at", installation.now.isoformat(), "--compat", "moneymanager")
        for expected in (user.auto_categorize(), 0):
            assert json.loads(replay("--data", installation.data, *command)) == {"categorized": expected}
    assert_same(installation, chance)


def test_text_rules_equal_the_reference_for_any_text():
    chance, rules = seeded(), table()
    words = [word for _, of_category in rules for word in of_category]
    pieces = ["BT Pay", "bt pay", "BTPay", "BT  Pay", "BT\u00a0Pay", "bt pay bt pay", "portofel digital", "Digital Wallet"]
    pieces += [":", " : ", "-", " - ", ",", " ", "\t", "\n", "\u2028", "\u00a0", "\u3000", "\u200b", "\x1c", "\x85"]
    pieces += ["12:30", "09:15:33", "2026-02-04", "#1234", "\u0661\u0662:\u0663\u0664", "2026-", "1", "22"]
    pieces += ["McDonald's", "Lidl", "\u212aFC", "\u0130", "\u0307", "ß", "Ă", "ț", "Σ", "😀"]

    def piece():
        kind = chance.random()
        if kind < 0.1:
            return chr(chance.choice([chance.randrange(32, 0x250), chance.randrange(0x300, 0x3000)]))
        return chance.choice(words if kind < 0.25 else pieces)

    count = int(os.environ.get("ROUNDS") or 20_000)
    texts = ["".join(piece() for _ in range(chance.randrange(9))) for _ in range(count)] + [None]
    told = replay("text", "--compat", "moneymanager", input="".join(json.dumps(t) + "\n" for t in texts), encoding="utf-8")
    for text, line in zip(texts, told.split("\n")[:-1], strict=True):
        assert json.loads(line) == {
            "is_bt_pay": moneymanager.is_bt_pay(text),
            "merchant": moneymanager.merchant(text),
            "category": moneymanager.category(text, rules),
        }, repr(text)
