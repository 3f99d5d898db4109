#!/usr/bin/env python3
"""Judges what the views say of random histories, from scratch at every step, with Python's decimal and zoneinfo: no code,
no arithmetic and no calendar is shared with btpay.

  decimal_judge.py WRITE_HISTORIES [COUNT]

WRITE_HISTORIES is the program that makes them. COUNT histories (2,000 unless given; $ROUNDS goes before), from $SEED or a
fresh seed, which is printed where something differs. The last line tells how many steps were compared.
"""
import datetime
import decimal
import json
import os
import random
import subprocess
import sys
import zoneinfo
from decimal import Decimal

HOUR = 3_600_000_000
decimal.getcontext().prec = 60


class Row:
    """One transaction as its source told it last, and what was decided of it."""

    def __init__(self, told, rules):
        self.id = told["at"]
        self.decided = None
        self.removed = self.withdrawn = self.replaced = self.in_question = False
        self.tell(told, rules)

    def tell(self, told, rules):
        self.date = told["date"]
        self.exponent = told["exponent"]
        self.amount = -Decimal(told["minor"]).scaleb(-self.exponent)
        self.currency = told["currency"]
        self.description = told["description"]
        self.bank = told["bank"]
        self.told_status = told["status"]
        self.counted = told["counted"]
        self.merchant = told["merchant"]
        # What comes settled is by the user's rules as they are; what waits is asked when it is shown.
        rule = None if self.told_status == "pending" else rules.get(folded(self.merchant))
        self.guess = told["told_category"] or rule or told["category"] or ""

    status = property(lambda self: "synced" if self.decided is not None else self.told_status)
    there = property(lambda self: not (self.removed or self.withdrawn or self.replaced or self.in_question))
    category = property(lambda self: self.decided or self.guess)


class World:
    def __init__(self, compat):
        self.compat = compat
        self.rows = {}
        self.zone = zoneinfo.ZoneInfo("Europe/Bucharest")
        self.home = ("RON", 2)
        self.rules = {}

    # -- what happens --

    def happen(self, e):
        getattr(self, e["event"])(e)

    def user_opened(self, e):
        self.home = (e["home"], e["home_exponent"])
        try:
            self.zone = zoneinfo.ZoneInfo(e["zone"])
        except (zoneinfo.ZoneInfoNotFoundError, ValueError):
            pass

    def nothing(self, e):
        pass

    account_opened = notification_posted = notification_cleared = alerts_set = nothing

    def transaction_imported(self, e):
        self.rows[e["at"]] = Row(e, self.rules)

    def known(self, number):
        """A row that may still change; what its source withdrew does not."""
        row = self.rows.get(number)
        return row if row and not row.withdrawn else None

    def transaction_corrected(self, e):
        if row := self.known(e["id"]):
            row.tell(e, self.rules)

    def transaction_removed(self, e):
        if row := self.known(e["id"]):
            row.removed |= e["by"] == "user"
            row.withdrawn = e["by"] == "source"

    def transaction_restored(self, e):
        if row := self.known(e["id"]):
            row.removed = False

    def transaction_categorized(self, e):
        if row := self.known(e["id"]):
            row.decided = e["category"]

    def transaction_uncategorized(self, e):
        if row := self.known(e["id"]):
            row.decided = None

    def mark(self, e, in_question, replaced=None):
        if booked := self.known(e["booked"]):
            booked.in_question = in_question
        if replaced is not None and (pending := self.known(e["pending"])):
            pending.replaced = replaced

    def transaction_matched(self, e):
        self.mark(e, False, True)

    def transaction_unmatched(self, e):
        self.mark(e, False, False)

    def match_questioned(self, e):
        self.mark(e, True)

    def match_declined(self, e):
        self.mark(e, False)

    def merchant_remembered(self, e):
        self.rules[e["merchant"]] = e["category"]

    def merchant_forgotten(self, e):
        self.rules.pop(e["merchant"], None)

    # -- what is seen --

    def local(self, t):
        return datetime.datetime.fromtimestamp(t // 1_000_000, self.zone)

    def hour_start(self, t):
        offset = int(self.local(t).utcoffset().total_seconds()) * 1_000_000
        return t - (t + offset) % HOUR

    def views(self, now):
        rows = sorted((r for r in self.rows.values() if r.there), key=lambda r: (-r.date, r.id))
        synced = [r for r in rows if r.status == "synced"]
        spent = [r for r in synced if r.counted]
        pending = [r for r in rows if r.counted and r.status == "pending"]
        if self.compat:
            within = {name: now - hours * HOUR for name, hours in (("day", 24), ("week", 168), ("month", 720))}
            day, week, month = ([r for r in spent if r.date >= within[name]] for name in within)
            recent = [r for r in synced if r.date >= within["week"]]
        else:
            today = self.local(now).date()
            first = today - datetime.timedelta(days=6)
            dates = {r.id: self.local(r.date).date() for r in synced}
            day = [r for r in spent if dates[r.id] == today]
            week = [r for r in spent if first <= dates[r.id] <= today]
            month = [r for r in spent if (dates[r.id].year, dates[r.id].month) == (today.year, today.month)]
            recent = [r for r in synced if first <= dates[r.id] <= today]
        return {
            "dashboard": self.dashboard(pending, day, month, recent),
            "pending": [self.pending_row(r) for r in pending[:20]],
            "hourly": self.hourly(spent, now),
            "categories": self.categories(day, week),
        }

    def measure(self, r):
        return abs(r.amount) if self.compat else r.amount

    def single(self, r):
        return digits(self.measure(r), r.exponent)

    def sums(self, rows, prefix=""):
        by_currency = {}
        for r in rows:
            total, _ = by_currency.get(r.currency, (Decimal(0), 0))
            by_currency[r.currency] = (total + self.measure(r), r.exponent)
        if self.compat:
            exponent = max([2] + [e for _, e in by_currency.values()])
            return {prefix + "amount": digits(sum((s for s, _ in by_currency.values()), Decimal(0)), exponent)}
        code, exponent = self.home
        home = by_currency.pop(code, (Decimal(0), exponent))[0]
        told = {prefix + "amount": digits(home, exponent)}
        if by_currency:
            told[prefix + "other_amounts"] = {c: digits(*by_currency[c]) for c in sorted(by_currency)}
        return told

    def rank(self, rows):
        return sum((self.measure(r) for r in rows if self.compat or r.currency == self.home[0]), Decimal(0))

    def dashboard(self, pending, day, month, recent):
        merchants = grouped(month, lambda r: r.merchant or "Unknown")
        names = list(merchants) if self.compat else sorted(merchants, key=lambda n: n.encode())
        names.sort(key=lambda n: -self.rank(merchants[n]))
        told = {} if self.compat else {"currency": self.home[0]}
        told |= {"pending_count": len(pending), **self.sums(pending, "pending_")}
        told |= {"today_transactions": len(day), **self.sums(day, "today_")}
        told |= {"month_transactions": len(month), **self.sums(month, "month_")}
        told["month_merchants"] = min(10, len(names)) if self.compat else len(names)
        told["top_merchants"] = [
            {"name": n, **self.sums(merchants[n]), "count": len(merchants[n])} for n in names[:5]
        ]
        told["recent_transactions"] = [self.recent_row(r) for r in recent[:10]]
        return told

    def recent_row(self, r):
        row = {"merchant": r.merchant, "amount": self.single(r), "date": rfc3339(r.date), "category": r.category or None}
        return row if self.compat else row | {"currency": r.currency}

    def pending_row(self, r):
        row = {
            "id": r.id,
            "merchant": r.merchant,
            "amount": self.single(r),
            "currency": r.currency,
            "date": rfc3339(r.date),
            "category_guess": self.rules.get(folded(r.merchant)) or r.guess or None,
            "description": r.description,
        }
        return row if self.compat else row | {"bank_status": r.bank}

    def hourly(self, spent, now):
        cells = []
        start = self.hour_start(now)
        for i in range(1, 25):
            if self.compat:
                start = now - i * HOUR
                within = [r for r in spent if start <= r.date < start + HOUR]
                hour = start // HOUR % 24
            else:
                within = [r for r in spent if self.hour_start(r.date) == start]
                hour = self.local(start).hour
            cells.insert(0, {"hour": hour, "timestamp": rfc3339(start), "count": len(within), **self.sums(within)})
            start = self.hour_start(start - 1)
        return cells

    def categories(self, day, week):
        weeks = grouped(week, lambda r: r.category or "other")
        days = grouped(day, lambda r: r.category or "other")
        return {
            name: {
                "today": {"count": len(days.get(name, [])), **self.sums(days.get(name, []))},
                "week": {"count": len(rows), **self.sums(rows)},
            }
            for name, rows in weeks.items()
        }


def folded(merchant):
    """Enough for the merchants of these histories."""
    plain = merchant.casefold().translate(str.maketrans("ăâîșțşţ", "aaistst"))
    return " ".join("".join(c if c.isalnum() else " " for c in plain).split())


def grouped(rows, key):
    groups = {}
    for r in rows:
        groups.setdefault(key(r), []).append(r)
    return groups


def digits(amount, exponent):
    """As many digits as the currency has: 12.30 is not 12.3."""
    return amount.quantize(Decimal(1).scaleb(-exponent)) + 0 if exponent else Decimal(int(amount))


def rfc3339(t):
    seconds, fraction = divmod(t, 1_000_000)
    moment = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")
    return moment + (f".{fraction:06}Z" if fraction else "Z")


def exact(value):
    """Numbers as their texts, so that equal means equal in every digit."""
    if isinstance(value, dict):
        return {k: exact(v) for k, v in value.items()}
    if isinstance(value, list):
        return [exact(v) for v in value]
    return format(value, "f") if isinstance(value, Decimal) else value


def check_agreement(views, where):
    """What the views of one moment say of the same thing is the same."""
    if not where.compat:
        today = sum((c["today"]["amount"] for c in views["categories"].values()), Decimal(0))
        if today != views["dashboard"]["today_amount"]:
            return "the categories of today do not add up to today"
    if sum(c["today"]["count"] for c in views["categories"].values()) != views["dashboard"]["today_transactions"]:
        return "the counts of today's categories do not add up"
    return None


def differing(seen, judged):
    return [f"{view}: the service says {exact(seen[view])}, the judge {exact(judged[view])}"
            for view in judged if exact(seen[view]) != exact(judged[view])]


def judge(lines):
    """Reads what was written; gives the number of steps, and what differs first."""
    steps, world, history = 0, None, []
    for line in lines:
        said = json.loads(line, parse_float=Decimal)
        if "history" in said:
            world, history = World(said["compat"]), [line]
            continue
        history.append(line)
        if "event" in said:
            world.happen(said)
            continue
        steps += 1
        views = number_texts(said["views"])
        wrong = differing(views, world.views(said["now"]))
        wrong += filter(None, [check_agreement(views, world)])
        if wrong:
            return steps, wrong, [h for h in history if '"views"' not in h]
    return steps, [], []


def number_texts(views):
    """Amounts of currencies without digits are whole numbers in JSON, and decimals here."""
    def walk(value, key=None):
        if isinstance(value, dict):
            amounts = key is not None and key.endswith("other_amounts")
            return {k: Decimal(v) if isinstance(v, int) and (amounts or k.endswith("amount")) else walk(v, k)
                    for k, v in value.items()}
        if isinstance(value, list):
            return [walk(v) for v in value]
        return value
    return walk(views)


def main():
    program, count = sys.argv[1], os.environ.get("ROUNDS") or (sys.argv[2] if len(sys.argv) > 2 else "2000")
    seed = os.environ.get("SEED") or str(random.SystemRandom().randrange(2**63))
    with subprocess.Popen([program, seed, count], stdout=subprocess.PIPE, text=True, encoding="utf-8") as writer:
        steps, wrong, history = judge(writer.stdout)
        if wrong:
            writer.kill()
    if wrong:
        print(f"SEED={seed}: step {steps} differs", *wrong, "the history:", *history, sep="\n")
        return 1
    if writer.returncode != 0 or steps == 0:
        print(f"SEED={seed}: {program} wrote nothing or failed ({writer.returncode})")
        return 1
    print(f"{count} histories, {steps} steps compared, no difference")
    return 0


if __name__ == "__main__":
    sys.exit(main())
