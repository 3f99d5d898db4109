"""Commands whose answers are awaited, each told from the others by its `ref`."""

import asyncio

from .errors import BtpayError


class Requests:
    def __init__(self):
        self._waiting = {}
        self._last = 0

    def open(self, command):
        """The message to send, and a future of its answer."""
        self._last += 1
        message = {**command, "ref": f"c{self._last}"}
        answer = asyncio.get_running_loop().create_future()
        self._waiting[message["ref"]] = (message, answer)
        answer.add_done_callback(lambda _: self._waiting.pop(message["ref"], None))
        return message, answer

    def answer(self, message):
        """Settles what the message answers."""
        _, answer = self._waiting.pop(message.get("ref"), (None, None))
        if answer is None or answer.done():
            return
        if message["type"] == "error":
            answer.set_exception(BtpayError(message["code"], message["message"]))
        else:
            answer.set_result(message)

    def unanswered(self):
        """What has no answer yet, in order. All commands may be sent again: done twice is done once."""
        return [message for message, _ in self._waiting.values()]

    def abandon(self, error):
        """Nothing will be answered any more."""
        for _, answer in list(self._waiting.values()):
            if not answer.done():
                answer.set_exception(error)
                answer.exception()  # Whoever no longer waits is not to be told by a warning.
