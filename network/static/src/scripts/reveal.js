// Fields that belong to one choice show only while it is chosen. Without scripts they are simply there.
export function startReveal (scope) {
  for (const input of scope.querySelectorAll('[data-reveals]:not([data-ready])')) {
    const part = document.getElementById(input.dataset.reveals)
    input.dataset.ready = ''
    input.setAttribute('aria-controls', part.id)
    const show = () => part.classList.toggle('is-hidden', !input.checked)
    // A radio button that is given up says nothing itself: listen to its neighbours.
    input.form?.addEventListener('change', (event) => { if (event.target.name === input.name) show() })
    input.form?.addEventListener('reset', () => setTimeout(show))
    show()
  }
}
