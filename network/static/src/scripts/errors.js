// The error summary takes the focus, and each of its lines leads to the question, not just to its input.
function question (input) {
  const legend = input.closest('fieldset')?.querySelector('legend')
  const label = document.querySelector(`label[for="${CSS.escape(input.id)}"]`)
  return ['checkbox', 'radio'].includes(input.type) && legend ? legend : label ?? input
}

export function startErrors (scope) {
  const summary = scope.querySelector('.govuk-error-summary')
  if (!summary) return
  summary.tabIndex = -1
  summary.focus()
  summary.addEventListener('blur', () => summary.removeAttribute('tabindex'), { once: true })
  summary.addEventListener('click', (event) => {
    const input = document.getElementById(event.target.closest('a')?.hash.slice(1) ?? '')
    if (!input) return
    event.preventDefault()
    question(input).scrollIntoView({ block: 'start' })
    input.focus({ preventScroll: true })
  })
}
