"""The replaced system's rules, written anew from its description: what the preset `moneymanager` is compared with.

Nothing of btpay is used. Amounts are decimals, times are UTC; rows are dicts of an ingestion row's members with `date` a
datetime, `amount` a Decimal and `id` the order of import.
"""

import datetime
import re
from decimal import Decimal

DAY = datetime.timedelta(days=1)
HOUR = datetime.timedelta(hours=1)
BOOKABLE_BELOW = Decimal(100_000_000)


# -- text --


def is_bt_pay(description):
    lower = (description or "").lower()
    return any(marker in lower for marker in ("bt pay", "portofel digital", "digital wallet"))


def merchant(description):
    if not description:
        return None
    captured = capture(description)
    if captured is None:
        return description
    return re.sub(r"\d\d:\d\d|\d\d\d\d-\d\d-\d\d", "", captured.strip()).strip()


def capture(text):
    """What stands behind the first "bt pay" that matches; None where none does."""
    for found in re.finditer(r"(?=[bB][tT] [pP][aA][yY])", text):
        after = found.start() + len("bt pay")
        rest = text[after:]
        separators = re.match(r"[:\s]*", rest).group()
        rest = rest[len(separators) :]
        dash = rest.startswith("-")
        spaces = re.match(r"\s*", rest[1:]).group() if dash else ""
        kept = rest[dash + len(spaces) :].split(",", 1)[0]
        if kept or spaces:
            return kept
        if dash:
            return "-"
        if separators:
            return separators[-1]
    return None


def category(description, table):
    lower = (description or "").lower()
    return next((name for name, words in table if any(word in lower for word in words)), None)


# -- selections --


class User:
    """One user's rows and accounts, as the replaced system would answer for them."""

    def __init__(self, rows, accounts, table):
        self.rows = sorted(sorted(rows, key=lambda r: r["id"]), key=lambda r: r["date"], reverse=True)
        self.accounts = accounts
        self.table = table

    def category(self, row):
        return row.get("category") or category(row["description"], self.table)

    def pending_rows(self):
        return [r for r in self.rows if r["status"] == "pending" and is_bt_pay(r["description"])]

    def synced(self, now, span):
        return [r for r in self.rows if r["status"] == "synced" and r["date"] >= now - span]

    def stats(self, now, days):
        return [r for r in self.synced(now, days * DAY) if is_bt_pay(r["description"])]

    def by(self, rows, key):
        groups = {}
        for r in rows:
            groups.setdefault(key(r), []).append(r)
        return groups

    def by_category(self, rows):
        return self.by(rows, lambda r: self.category(r) or "other")

    def merchants(self, rows):
        groups = self.by(rows, lambda r: merchant(r["description"]) or "Unknown")
        return sorted(groups.items(), key=lambda item: -total(item[1]))[:10]

    # -- views --

    def dashboard(self, now):
        today, month = self.stats(now, 1), self.stats(now, 30)
        merchants = self.merchants(month)
        return {
            "pending_count": len(self.pending_rows()),
            "pending_amount": total(self.pending_rows()),
            "today_transactions": len(today),
            "today_amount": total(today),
            "month_transactions": len(month),
            "month_amount": total(month),
            "month_merchants": len(merchants),
            "top_merchants": [{"name": n, "amount": total(rows), "count": len(rows)} for n, rows in merchants[:5]],
            "recent_transactions": [
                {
                    "merchant": merchant(r["description"]) or "",
                    "amount": abs(r["amount"]),
                    "date": r["date"],
                    "category": self.category(r),
                }
                for r in self.synced(now, 7 * DAY)[:10]
            ],
        }

    def pending(self, now):
        return [
            {
                "id": r["id"],
                "merchant": merchant(r["description"]) or "",
                "amount": abs(r["amount"]),
                "currency": r["currency"],
                "date": r["date"],
                "category_guess": category(r["description"], self.table),
                "description": r["description"],
            }
            for r in self.pending_rows()[:20]
        ]

    def hourly(self, now):
        cells = []
        for i in range(24, 0, -1):
            start = now - i * HOUR
            rows = [r for r in self.stats(now, 2) if start <= r["date"] < start + HOUR]
            cells.append({"hour": start.hour, "timestamp": start, "count": len(rows), "amount": total(rows)})
        return cells

    def categories(self, now):
        today = self.by_category(self.stats(now, 1))
        cell = lambda rows: {"count": len(rows), "amount": total(rows)}
        return {
            name: {"today": cell(today.get(name, [])), "week": cell(rows)}
            for name, rows in self.by_category(self.stats(now, 7)).items()
        }

    def stats_of(self, now):
        month = self.stats(now, max(1, now.day))
        today = self.stats(now, 1)
        figures = lambda rows: {
            "transactions": len(rows),
            "amount": total(rows),
            "categories": len(self.by_category(rows)),
        }
        return {"today": figures(today), "this_month": figures(month)}

    def auto_categorize(self):
        """Books what can be booked; gives how many were."""
        currencies = {a["currency"] for a in self.accounts}
        booked = 0
        for r in self.pending_rows():
            name = category(r["description"], self.table)
            if r.get("linked") or not name or r["currency"] not in currencies or abs(r["amount"]) >= BOOKABLE_BELOW:
                continue
            r["status"], r["category"] = "synced", name
            booked += 1
        return booked


def total(rows):
    return sum((abs(r["amount"]) for r in rows), Decimal(0))
