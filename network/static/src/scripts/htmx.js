// htmx, told to obey the content security policy and to carry the CSRF token.
import htmx from 'htmx.org'
import { csrfToken } from './page.js'

export function startHtmx (startComponents) {
  Object.assign(htmx.config, {
    includeIndicatorStyles: false, // a style element would break the policy
    allowEval: false,
    allowScriptTags: false,
    selfRequestsOnly: true,
    historyCacheSize: 0, // pages with personal data are never kept in the browser
    refreshOnHistoryMiss: true,
    timeout: 20000
  })
  document.addEventListener('htmx:configRequest', (event) => {
    if (event.detail.verb !== 'get') event.detail.headers['X-CSRFToken'] = csrfToken()
  })
  // A form that comes back with errors (422) is shown, like any other answer.
  document.addEventListener('htmx:beforeSwap', (event) => {
    if (event.detail.xhr.status === 422) {
      event.detail.shouldSwap = true
      event.detail.isError = false
    }
  })
  document.addEventListener('htmx:load', (event) => {
    if (event.detail.elt !== document.body) startComponents(event.detail.elt)
  })
}
