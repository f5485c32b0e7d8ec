// Leave this page: empties the screen and replaces it in the history. Escape or Shift pressed three times does the
// same; Shift that makes a capital letter does not count.
const PRESSES = 3
const WITHIN_MS = 2000

// `first` may go back to the first page of ours in the history, and then calls what it is given.
export function startExit (first = go => go()) {
  const link = document.querySelector('[data-exit]')
  if (!link) return
  let presses = []
  let alone = true

  function leave () {
    document.documentElement.classList.add('is-leaving')
    document.title = '…'
    first(() => window.location.replace(link.href))
  }

  function pressed () {
    const now = Date.now()
    presses = [...presses.filter((at) => now - at < WITHIN_MS), now]
    if (presses.length >= PRESSES) leave()
  }

  link.addEventListener('click', (event) => {
    event.preventDefault()
    leave()
  })
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Shift') alone = true
    else {
      alone = false
      if (event.key === 'Escape') pressed()
      else presses = []
    }
  })
  document.addEventListener('keyup', (event) => {
    if (event.key === 'Shift' && alone) pressed()
  })
}
