"""The notifications of the user: each told once, and those that are unread."""

# How many ids are remembered to tell a repetition. The service repeats only what followed a lost position.
REMEMBERED_MAX = 10_000


class Inbox:
    def __init__(self):
        self.unread = {}  # by id, in the order of arrival
        # All notifications up to this position have come. Views run ahead of it, so it is kept apart from theirs.
        self.seq = 0
        self._seen = {}

    def receive(self, notification):
        """True where it is new."""
        self._reach(notification)
        if notification["id"] in self._seen:
            return False
        self._remember(notification["id"])
        self.unread[notification["id"]] = notification
        return True

    def clear(self, message):
        """True where it was unread here."""
        self._reach(message)
        self._remember(message["id"])
        return self.unread.pop(message["id"], None) is not None

    def forget(self):
        """Another log: its ids are others."""
        self.unread.clear()
        self._seen.clear()
        self.seq = 0

    def _reach(self, message):
        self.seq = max(self.seq, message.get("seq", 0))

    def _remember(self, identity):
        self._seen[identity] = None
        if len(self._seen) > REMEMBERED_MAX:
            del self._seen[next(iter(self._seen))]
