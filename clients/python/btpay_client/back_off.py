"""When to come again, and when not to."""

FIRST_SECONDS = 1
LONGEST_SECONDS = 30

# Close codes after which coming again would do harm: the client breaks the protocol, or sent too much.
FINAL_CODES = (1008, 1009)


def back_off_seconds(failures, random):
    """How long to wait after `failures` failures in a row: doubling from 1 s to 30 s, half of it random, so that the
    clients of a restarted service do not all come at once."""
    longest = min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** min(failures, 10))
    return longest / 2 + longest / 2 * random()
