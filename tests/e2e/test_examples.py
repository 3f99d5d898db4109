"""The examples of the client libraries, each as a page or program against the real service."""

import example
import pytest
import rows

PAGES = ["js/main.js", "react/main.jsx", "vue/main.js"]


@pytest.mark.parametrize("entry", PAGES)
def test_a_page_shows_payments_and_notifications_and_decides(world, entry):
    service = world.service
    with example.page(service, entry) as page:
        page.wait_for("Connection: live", "Today: ")
        service.post(world.ingest, rows.row("ana", description=f"BT Pay - Zoo {entry}", amount="-21.50"))
        page.wait_for("Zoo", entry, "21.50 RON other")
        page.say("other")
        page.wait_for("Connection: live", without=["Zoo"])
        service.tool("btpay-notify", "--user", "ana", "--message", f"for {entry}")
        page.wait_for(f"for {entry} seen")
        page.say("seen")
        page.wait_for("Connection: live", without=[f"for {entry}"])


@pytest.mark.parametrize("entry", PAGES)
def test_a_page_comes_back_after_a_restart(world, entry):
    service = world.service
    with example.page(service, entry, "bogdan") as page:
        page.wait_for("Connection: live", "Today: ")
        service.restart_on(service.port)
        service.post(world.ingest, rows.row("bogdan", description=f"BT Pay - After {entry}", amount="-3.70"))
        page.wait_for("Connection: live", "After", entry)


def test_the_program_shows_payments_and_acknowledges_notifications(world):
    service = world.service
    with example.program(service, "python/watch.py") as program, example.program(service, "python/watch.py") as other:
        for one in (program, other):
            one.wait_for("today: ")
        service.post(world.ingest, rows.row("ana", description="BT Pay - Kaufland", amount="-33.25"))
        program.wait_for("pending: Kaufland: 33.25 RON")
        service.tool("btpay-notify", "--user", "ana", "--message", "Salary is in")
        program.wait_for("notification: Salary is in")
        other.wait_for("notification: Salary is in")


def test_the_service_hands_out_the_library_as_it_is_packed(service):
    library = example.ROOT / "clients" / "js" / "src"
    for file in library.iterdir():
        answer = service.http("GET", f"/static/{file.name}")
        assert (answer.status, answer.headers["content-type"]) == (200, "text/javascript; charset=utf-8")
        assert answer.body == file.read_bytes()
