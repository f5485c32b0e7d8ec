"""What can be wrong with how a page looks and reads, found in a real browser.

axe comes from the server that the page came from: the browser then keeps it, where a script that is handed over is
read anew on every page. How words stand out from their ground follows from the style sheet alone, and looking at it is
half the work: it is looked at for every page that holds an element in a place that has not been looked at yet, in its
direction and at its width, and left out where every element has been met before, among the same others.
"""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AxeResults
from playwright.sync_api import Page

AXE_PATH = "/-/axe.js"
RULES: dict[str, Any] = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],  # all that passed is megabytes, which take longer than the looking
}
FETCH_AXE = """path => window.axe ? null : new Promise((done, failed) => {
  const script = document.createElement('script');
  Object.assign(script, {src: path, onload: done, onerror: () => failed(new Error('no axe at ' + path))});
  document.head.append(script);
  script.remove();
})"""
RUN_AXE = "async options => (await axe.run(options)).violations"
SMALL_TARGETS = """() => [...document.querySelectorAll('button, .govuk-button, input, select, summary')]
  .filter(e => e.type !== 'hidden')
  .filter(e => e.offsetParent && !e.classList.contains('govuk-skip-link'))
  .filter(e => { const box = e.getBoundingClientRect(); return box.height < 44 || box.width < 44 })
  .map(e => e.outerHTML.slice(0, 120))"""
# Every element that shows words, as the style sheet sees it: with all that it stands in, and the state that it is in.
PLACES = """() => {
  const attributes = ['disabled', 'checked', 'open', 'readonly', 'style', 'type', 'aria-current', 'aria-disabled',
    'aria-selected', 'aria-invalid', 'aria-expanded', 'hidden', 'dir'];
  const live = e => e ? [':checked', ':disabled', ':focus'].filter(state => e.matches(state)) : [];
  const looks = e => [e.localName, e.className.baseVal ?? e.className, ...live(e),
    ...attributes.filter(name => e.hasAttribute(name)).map(name => name + '=' + e.getAttribute(name))];
  const digest = text => {
    let [a, b] = [0xdeadbeef, 0x41c6ce57];
    for (let i = 0; i < text.length; i++) {
      a = Math.imul(a ^ text.charCodeAt(i), 2654435761);
      b = Math.imul(b ^ text.charCodeAt(i), 1597334677);
    }
    return (a >>> 0).toString(36) + (b >>> 0).toString(36);
  };
  const names = new Map([[null, '']]);
  const named = e => {
    if (!names.has(e))
      names.set(e, digest([named(e.parentElement), ...live(e.previousElementSibling), '+', ...looks(e)].join(' ')));
    return names.get(e);
  };
  const speaks = e => e.matches('input, select, textarea')
    || [...e.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
  const shown = [...document.body.querySelectorAll('*')].filter(e => speaks(e) && e.checkVisibility());
  return [document.dir + innerWidth, ...new Set(shown.map(named))];
}"""
_LOOKED_AT: set[tuple[str, str]] = set()


def faults(page: Page) -> list[str]:
    """What axe finds, whatever is wider than the screen, and what a thumb would miss; none on a good page."""
    page.wait_for_load_state()  # a click may have left for a page that is not there yet
    page.wait_for_function("document.body !== null")
    shape, *elements = page.evaluate(PLACES)
    places = {(shape, element) for element in elements}
    known = places <= _LOOKED_AT
    found = violations(page, {**RULES, "rules": {"color-contrast": {"enabled": False}}} if known else RULES)
    if not found:
        _LOOKED_AT.update(places)
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        found.append("wider than the screen")
    return found + list(page.evaluate(SMALL_TARGETS))


def violations(page: Page, options: dict[str, Any] | None = None) -> list[str]:
    """What axe finds, in one report; none on a good page. Without options it looks at all that it knows."""
    page.evaluate(FETCH_AXE, AXE_PATH)
    broken = page.evaluate(RUN_AXE, options or {"resultTypes": ["violations"]})
    return [AxeResults({"violations": broken}).generate_report() or "axe found something"] if broken else []
