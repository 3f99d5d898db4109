"""What a client may have to say."""


class BtpayError(Exception):
    """The service's refusal of a command; `code` is one of docs/PROTOCOL.md, or "timeout" or "gone"."""

    def __init__(self, code, message):
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class Gone(BtpayError):
    """The client was closed, or the service closed the connection for good."""

    def __init__(self, message):
        super().__init__("gone", message)
