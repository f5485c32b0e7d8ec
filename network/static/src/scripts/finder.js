// The finder: leaves at once, asks the phone where it is only when told to, and makes Back work although every step
// is posted. The steps are kept in this page's memory alone: when it is closed or loaded again, nothing is left.
import { startExit } from './exit.js'

const DIGITS = 2
const steps = []
let here = 0

function nearby (scope) {
  const box = scope.querySelector('[data-near]')
  if (!box || !('geolocation' in navigator)) return
  box.hidden = false
  const button = box.querySelector('button')
  const note = box.querySelector('p')
  button.addEventListener('click', () => {
    note.setAttribute('role', 'status')
    note.textContent = words('looking')
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      const form = button.form
      const about = new URLSearchParams(new FormData(form))
      about.set('latitude', coords.latitude.toFixed(DIGITS))
      about.set('longitude', coords.longitude.toFixed(DIGITS))
      about.delete('place')
      send(form.action, about)
    }, () => { note.textContent = words('nowhere') }, { timeout: 15000, maximumAge: 300000 })
  })
}

function words (key) {
  return document.getElementById('page').dataset['words' + key[0].toUpperCase() + key.slice(1)] ?? ''
}

function show (step) {
  const page = new DOMParser().parseFromString(step, 'text/html')
  const root = document.documentElement
  root.lang = page.documentElement.lang
  root.dir = page.documentElement.dir
  // The way out stays the very same element: only its words change with the language.
  const out = document.querySelector('.leave')
  out.textContent = page.querySelector('.leave').textContent
  out.parentElement.setAttribute('aria-label', out.textContent)
  document.getElementById('page').replaceWith(document.importNode(page.getElementById('page'), true))
  start(document)
  window.scrollTo(0, 0)
  document.getElementById('main').focus({ preventScroll: true })
}

// Posted by hand as the browser would: where that fails, the browser tries itself and tells what is wrong.
function byHand (action, about) {
  const form = document.createElement('form')
  form.method = 'post'
  form.action = action
  for (const [name, value] of about) {
    const field = document.createElement('input')
    Object.assign(field, { type: 'hidden', name, value })
    form.append(field)
  }
  document.body.append(form)
  form.submit()
}

async function send (action, about) {
  document.body.setAttribute('aria-busy', 'true')
  try {
    const answer = await fetch(action, {
      method: 'POST', body: about, credentials: 'omit', cache: 'no-store', referrerPolicy: 'no-referrer'
    })
    const text = await answer.text()
    if (!text.includes('id="page"')) throw new Error('not a page of ours')
    here += 1
    steps.length = here
    steps[here] = text
    history.pushState({ step: here }, '', action)
    show(text)
  } catch {
    byHand(action, about)
  } finally {
    document.body.removeAttribute('aria-busy')
  }
}

function start (scope) {
  nearby(scope)
}

if (document.getElementById('main')) {
  steps[0] = document.documentElement.outerHTML
  // A page that was posted without this script is, in the history, the first one.
  history.replaceState({ step: 0 }, '', location.pathname)
  startExit((go) => {
    steps.length = 0
    if (here === 0) return go()
    window.addEventListener('popstate', go, { once: true })
    setTimeout(go, 300)
    history.go(-here)
  })
  start(document)
  document.addEventListener('submit', (event) => {
    const form = event.target
    const button = event.submitter
    if ('file' in form.dataset) return // a file leaves the page as it is
    event.preventDefault()
    const about = new URLSearchParams(new FormData(form))
    if (button?.name) about.set(button.name, button.value)
    send(button?.formAction || form.action, about)
  })
  window.addEventListener('popstate', (event) => {
    const step = event.state?.step
    if (step === undefined || document.documentElement.classList.contains('is-leaving')) return
    here = step
    if (steps[step]) show(steps[step])
    else location.reload()
  })
}
