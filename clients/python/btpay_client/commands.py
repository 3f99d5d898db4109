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

    async def explain(self, view, field):
        """The transactions that make up a number of a view."""
        return await self.request("explain", view=view, field=field)

    async def as_of(self, view, at, known_at=None):
        """A view as it would have stood at a moment, from what was known then or later (RFC 3339 texts)."""
        return await self.request("as_of", view=view, at=at, known_at=known_at)

    async def request_review(self):
        return await self.request("request_review")
