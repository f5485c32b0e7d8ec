// What the server wrote into the page for scripts: the CSRF token and the words they may show.

/** The CSRF token of this page, or an empty text on a page without forms. */
export function csrfToken () {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? ''
}

/** The words named `key` (data-words-key on body), with {time} and the like filled in. */
export function words (key, values = {}) {
  const text = document.body.dataset['words' + key[0].toUpperCase() + key.slice(1)] ?? ''
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole)
}
