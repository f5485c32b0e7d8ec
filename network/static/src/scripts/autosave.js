// A form with data-autosave-url saves itself as it is typed, as a draft on the server.
//
// Each save posts the whole form (a field that is empty or unticked goes as an empty text), so one save that
// arrives makes up for all that were lost. Nothing is kept in the browser: the desk is shared. While the
// connection is down the typing stays in the page, the note says so, and the save is tried again.
import { csrfToken, words } from './page.js'

const QUIET_MS = 1200
const RETRY_MS = [2000, 5000, 10000, 20000]
const NEVER = new Set(['csrf_token', 'idempotency_key'])

function snapshot (form) {
  const data = new URLSearchParams()
  for (const [name, value] of new FormData(form)) {
    if (!NEVER.has(name) && typeof value === 'string') data.append(name, value)
  }
  for (const input of form.elements) {
    if (['checkbox', 'radio'].includes(input.type) && input.name && !data.has(input.name)) data.append(input.name, '')
  }
  return data
}

class Autosave {
  constructor (form) {
    this.form = form
    this.saved = snapshot(form).toString()
    this.failures = 0
    this.busy = false
    this.leaving = false
    this.note = form.querySelector('[data-saved]') ?? this.addNote()
    this.text = this.note.appendChild(document.createElement('span'))
    form.addEventListener('input', () => this.wait(QUIET_MS))
    form.addEventListener('change', () => this.wait(300))
    form.addEventListener('submit', (event) => { this.leaving = !event.defaultPrevented })
    window.addEventListener('online', () => this.save())
    window.addEventListener('offline', () => this.dirty() && this.tell('waiting', words('offline')))
    document.addEventListener('visibilitychange', () => { if (document.hidden) this.save() })
    window.addEventListener('pageshow', () => { this.leaving = false })
    window.addEventListener('beforeunload', (event) => {
      if (this.dirty() && !this.leaving) event.preventDefault()
    })
  }

  addNote () {
    const note = document.createElement('p')
    note.className = 'saved'
    note.setAttribute('role', 'status')
    this.form.prepend(note)
    return note
  }

  dirty () { return snapshot(this.form).toString() !== this.saved }

  wait (ms) {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.save(), ms)
  }

  tell (state, text) {
    this.note.dataset.state = state
    if (this.text.textContent !== text) this.text.textContent = text
  }

  async save () {
    clearTimeout(this.timer)
    if (this.leaving || !this.dirty()) return
    if (this.busy) { this.wait(QUIET_MS); return }
    this.busy = true
    const body = snapshot(this.form).toString()
    try {
      this.settle(await this.post(body), body)
    } catch {
      this.again()
    } finally {
      this.busy = false
    }
  }

  post (body) {
    return fetch(this.form.dataset.autosaveUrl, {
      method: 'POST',
      body,
      credentials: 'same-origin',
      redirect: 'manual', // a redirect means the sign-in page, not a saved draft
      keepalive: body.length < 60000,
      signal: AbortSignal.timeout(15000),
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded;charset=UTF-8',
        'X-CSRFToken': csrfToken(),
        'X-Form-Key': this.form.elements.idempotency_key?.value ?? '', // a save that comes after its form is not kept
        'X-Requested-With': 'autosave'
      }
    })
  }

  settle (answer, body) {
    if (answer.ok) {
      this.saved = body
      this.failures = 0
      const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
      this.tell('saved', words('saved', { time }))
      if (this.dirty()) this.wait(QUIET_MS)
    } else if (answer.type === 'opaqueredirect' || [400, 401, 403, 419].includes(answer.status)) {
      this.tell('refused', words('signedOut')) // typed text stays; signing in elsewhere lets the next save through
      this.wait(RETRY_MS.at(-1))
    } else if (answer.status >= 500 || answer.status === 429) {
      this.again()
    } else {
      this.tell('refused', words('notSaved'))
    }
  }

  again () {
    this.tell('waiting', words(navigator.onLine ? 'retrying' : 'offline'))
    this.wait(RETRY_MS[Math.min(this.failures++, RETRY_MS.length - 1)])
  }
}

export function startAutosave (scope) {
  const forms = [...scope.querySelectorAll('form[data-autosave-url]')]
  if (scope.matches?.('form[data-autosave-url]')) forms.push(scope)
  for (const form of forms) {
    if (form.dataset.autosaveReady !== undefined) continue
    form.dataset.autosaveReady = ''
    new Autosave(form) // eslint-disable-line no-new
  }
}
