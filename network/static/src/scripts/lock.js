// One tap covers the screen at once; the form behind the button then locks the session on the server.
export function cover (text) {
  const sheet = document.createElement('div')
  sheet.className = 'cover'
  sheet.setAttribute('role', 'alert')
  sheet.textContent = text
  document.body.append(sheet)
  document.documentElement.classList.add('is-covered')
}

export function startLock () {
  document.addEventListener('submit', (event) => {
    if (event.target.matches('[data-lock]')) cover(event.target.dataset.lock)
  }, true)
  // A locked page that comes back from the browser's memory is asked for anew.
  window.addEventListener('pageshow', (event) => {
    if (event.persisted && document.documentElement.classList.contains('is-covered')) window.location.reload()
  })
}
