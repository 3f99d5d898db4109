"""What may be asked of the service, as methods. Each gives the answer, or raises a BtpayError."""

VIEW_COMMANDS = {
    "dashboard": "request_data",
    "pending": "request_pending",
    "hourly": "request_hourly",
    "categories": "request_categories",
}


def _listed(ids):
    return [ids] if isinstance(ids, int) else list(ids)


class Commands:
    """Needs `request(command, **members)`; members that are None are left out."""

    async def ping(self):
        return await self.request("ping")

    async def refresh(self, view):
        """Asks for a view whole; it also enters the client's view."""
        return await self.request(VIEW_COMMANDS[view])

    async def categorize(self, identity, category, remember=None):
        """`remember` makes it the user's rule for the merchant."""
        return await self.request("categorize", id=identity, category=category, remember=remember)

    async def uncategorize(self, identity):
        return await self.request("uncategorize", id=identity)

    async def auto_categorize(self):
        return await self.request("auto_categorize")

    async def remove(self, identity):
        return await self.request("remove", id=identity)

    async def restore(self, identity):
        return await self.request("restore", id=identity)

    async def match(self, booked, pending):
        """The booked transaction takes the pending one's place."""
        return await self.request("match", booked=booked, pending=pending)

    async def unmatch(self, booked):
        return await self.request("unmatch", booked=booked)

    async def decline(self, booked):
        return await self.request("decline", booked=booked)

    async def forget(self, merchant):
        return await self.request("forget", merchant=merchant)

    async def set_alerts(self, *, large_from=None, budgets=None, new_merchant=None):
        return await self.request("set_alerts", large_from=large_from, budgets=budgets, new_merchant=new_merchant)

    async def ack(self, ids):
        return await self.request("ack", ids=_listed(ids))

    async def read(self, ids):
        return await self.request("read", ids=_listed(ids))

    async def explain(self, view, field, *, limit=None, after=None, at=None, known_at=None, seq=None, later=None):
        """The transactions that make up a number of a view: a page of them, with the count and sum of all. With `seq`
        and `at` as a view's message has them (`timestamp`), and `later`, of exactly that view."""
        moment = {"at": at, "known_at": known_at, "seq": seq, "later": later}
        return await self.request("explain", view=view, field=field, limit=limit, after=after, **moment)

    async def explain_all(self, view, field, *, limit=500, at=None, known_at=None, seq=None, later=None):
        """The same with all pages, which are of the moment of the first one."""
        first = await self.explain(view, field, limit=limit, at=at, known_at=known_at, seq=seq, later=later)
        transactions, after = list(first["transactions"]), first["next"]
        while after is not None:
            moment = {"at": first["at"], "known_at": known_at, "seq": first["seq"], "later": at is None or later}
            more = await self.explain(view, field, limit=limit, after=after, **moment)
            transactions += more["transactions"]
            after = more["next"]
        return {**first, "transactions": transactions, "next": None}

    async def as_of(self, view, at, known_at=None, seq=None, later=None):
        """A view, or several of a list, as they would have stood at a moment, from what was known by another (RFC 3339
        texts), or up to a position. What is dated after the moment is left out, unless `later` is true."""
        which = {"view": view} if isinstance(view, str) else {"views": list(view)}
        return await self.request("as_of", **which, at=at, known_at=known_at, seq=seq, later=later)

    async def request_review(self):
        return await self.request("request_review")
