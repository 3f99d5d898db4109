"""One wrong number among the stored views is named exactly: whose, in which view, where, what it is and should be.

EVENTS=1000000 TOOL_SECONDS=600 for a large log, SEED=… to repeat one.
"""

import json
import os
import random
import re

from service import Service

EVENTS = int(os.environ.get("EVENTS", "3000"))
AT = "2026-02-04T12:30:00Z"
VIEWS = ("dashboard", "pending", "hourly", "categories")
NUMBER = re.compile(rb"(?<=:)-?\d+(?:\.\d+)?")


def write_payments(path, random_, users):
    with open(path, "w") as file:
        for number in range(EVENTS):
            row = {
                "user": random_.choice(users),
                "source": "test",
                "external_id": str(number),
                "date": f"2026-{random_.choice(['01', '02'])}-{random_.randrange(1, 5):02}T{random_.randrange(24):02}:{random_.randrange(60):02}:00Z",
                "amount": f"-{random_.randrange(1, 99999) / 100:.2f}",
                "currency": random_.choice(["RON", "RON", "EUR"]),
                "description": f"BT Pay - {random_.choice(['Lidl', 'Uber', 'Farmacia Tei', 'OMV'])} {random_.randrange(300)}",
                "status": random_.choice(["pending", "synced", "synced"]),
            }
            file.write(json.dumps(row) + "\n")


def leaves(value, path=""):
    """Every number and text of a JSON value, by its pointer."""
    if isinstance(value, (dict, list)):
        for key, member in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(member, f"{path}/{str(key).replace('~', '~0').replace('/', '~1')}")
    else:
        yield path, value


def with_another_digit(shown, random_):
    """The bytes of a view with one number changed in its last digit, and the pointer to it."""
    number = random_.choice(list(NUMBER.finditer(shown)))
    digit = (int(shown[number.end() - 1 : number.end()]) + 1) % 10
    changed = shown[: number.end() - 1] + str(digit).encode() + shown[number.end() :]
    before, after = dict(leaves(json.loads(shown))), dict(leaves(json.loads(changed)))
    differing = [path for path, value in before.items() if after[path] != value]
    assert len(differing) == 1, differing
    return changed, differing[0]


def test_one_wrong_number_among_the_stored_views_is_named(tmp_path):
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(2**32))
    print(f"SEED={seed}")
    random_ = random.Random(seed)
    users = [f"user{number}" for number in range(max(10, EVENTS // 1000))]
    service = Service(tmp_path)
    write_payments(tmp_path / "rows", random_, users)
    service.replay("import", str(tmp_path / "rows"))
    service.replay("rebuild", "--at", AT)
    assert "0 differences" in service.replay("verify")

    user, view = random_.choice(users), random_.choice(VIEWS)
    shown = service.replay("show", view, "--user", user, "--at", AT, "--later").rstrip("\n").encode()
    changed, pointer = with_another_digit(shown, random_)
    store = service.data / "views" / "data.mdb"
    stored = store.read_bytes()
    assert shown in stored
    store.write_bytes(stored.replace(shown, changed))

    said = service.replay("verify", expected=1).splitlines()
    wrong = [line for line in said if "differs" in line]
    assert len(wrong) == 1, said
    assert wrong[0].startswith(f"view {view} of {user} differs at {pointer}: stored "), (wrong, pointer)
    assert any("1 differences" in line for line in said), said
    print(f"{EVENTS} events of {len(users)} users; {wrong[0]}")
