"""Clients as a stranger would write them from level 1 alone: they run unchanged."""

import example
import pytest
import rows

PAGES = ["level1/react.jsx", "level1/vue.js"]


@pytest.mark.parametrize("entry", PAGES)
def test_a_level_1_page_shows_payments_and_notifications(world, entry):
    service = world.service
    with example.page(service, entry) as page:
        page.wait_for("Today: ")
        service.post(world.ingest, rows.row("ana", description=f"BT Pay - Profi {entry}", amount="-21.50"))
        page.wait_for("Profi", entry, "21.50 RON")
        service.tool("btpay-notify", "--user", "ana", "--message", f"for {entry}")
        page.wait_for(f"for {entry}")


@pytest.mark.parametrize("entry", PAGES)
def test_a_level_1_page_comes_back_after_a_restart(world, entry):
    service = world.service
    with example.page(service, entry, "bogdan") as page:
        page.wait_for("Today: ")
        port = service.port
        service.restart_on(port)
        service.post(world.ingest, rows.row("bogdan", description=f"BT Pay - After {entry}", amount="-3.70"))
        page.wait_for("After", entry)


def test_a_level_1_program_shows_payments_and_notifications(world):
    service = world.service
    with example.program(service, "level1/watch.py") as program:
        program.wait_for("today: ")
        service.post(world.ingest, rows.row("ana", description="BT Pay - Kaufland", amount="-33.25"))
        program.wait_for("pending: Kaufland: 33.25 RON")
        service.tool("btpay-notify", "--user", "ana", "--message", "Salary is in")
        program.wait_for("notification: Salary is in")
