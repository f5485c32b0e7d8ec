// Leave this page: empties the screen and replaces it in the history. Escape pressed three times does the same.
const PRESSES = 3
const WITHIN_MS = 2000

function leave (link) {
  document.documentElement.classList.add('is-leaving')
  document.title = '…'
  window.location.replace(link.href)
}

export function startExit () {
  const link = document.querySelector('[data-exit]')
  if (!link) return
  let presses = []
  link.addEventListener('click', (event) => {
    event.preventDefault()
    leave(link)
  })
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return
    const now = Date.now()
    presses = [...presses.filter((at) => now - at < WITHIN_MS), now]
    if (presses.length >= PRESSES) leave(link)
  })
}
