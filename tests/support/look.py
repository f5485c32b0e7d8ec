"""What can be wrong with how a page looks and reads, found in a real browser."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],  # all that passed is megabytes, which take longer than the looking
}
SMALL_TARGETS = """() => [...document.querySelectorAll('button, .govuk-button, input, select, summary')]
  .filter(e => e.type !== 'hidden')
  .filter(e => e.offsetParent && !e.classList.contains('govuk-skip-link'))
  .filter(e => { const box = e.getBoundingClientRect(); return box.height < 44 || box.width < 44 })
  .map(e => e.outerHTML.slice(0, 120))"""


def faults(page: Page) -> list[str]:
    """What axe finds, whatever is wider than the screen, and what a thumb would miss; none on a good page."""
    found: list[str] = []
    results = Axe().run(page, options=RULES)
    if results.violations_count:
        found.append(results.generate_report() or "axe found something")
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        found.append("wider than the screen")
    return found + list(page.evaluate(SMALL_TARGETS))
