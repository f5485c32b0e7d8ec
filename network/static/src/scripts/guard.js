// A form is sent once: a second tap while the first is on its way does nothing.
const sent = new WeakMap()
const AGAIN_AFTER_MS = 15000 // a lost connection must not lock the form for ever

export function startFormGuard () {
  document.addEventListener('submit', (event) => {
    const form = event.target
    if (event.defaultPrevented || form.method !== 'post') return
    if (Date.now() - (sent.get(form) ?? -Infinity) < AGAIN_AFTER_MS) {
      event.preventDefault()
      return
    }
    sent.set(form, Date.now())
    form.setAttribute('aria-busy', 'true')
  })
  // Coming back by the back button shows the page as it was: let the form go again.
  window.addEventListener('pageshow', () => {
    for (const form of document.forms) {
      sent.delete(form)
      form.removeAttribute('aria-busy')
    }
  })
}
