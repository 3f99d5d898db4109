"""What passed over the line, counted."""

import collections
import dataclasses

from .kept_view import FOLDED, PASSED_OVER


@dataclasses.dataclass
class Statistics:
    connections: int = 0
    messages_received: int = 0
    bytes_received: int = 0
    messages_sent: int = 0
    bytes_sent: int = 0
    wholes: int = 0
    deltas: int = 0
    passed_over: int = 0
    hashes_fit: int = 0
    notifications: int = 0
    repeated_notifications: int = 0
    # Why whole views were asked for: "gap", "misfit", "hash".
    heals: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    # From a ping to its pong: the last, and smoothed (an eighth of each new one).
    latency_seconds: float | None = None
    smooth_latency_seconds: float | None = None

    @property
    def reconnects(self):
        return max(0, self.connections - 1)

    def received(self, text):
        self.messages_received += 1
        self.bytes_received += len(text.encode())

    def sent(self, text):
        self.messages_sent += 1
        self.bytes_sent += len(text.encode())

    def folded(self, outcome, delta):
        if outcome == FOLDED:
            self.deltas += 1
            self.hashes_fit += "hash" in delta
        elif outcome == PASSED_OVER:
            self.passed_over += 1
        else:
            self.heals[outcome] += 1

    def answered(self, seconds):
        smooth = self.smooth_latency_seconds
        self.latency_seconds = seconds
        self.smooth_latency_seconds = seconds if smooth is None else smooth + (seconds - smooth) / 8
