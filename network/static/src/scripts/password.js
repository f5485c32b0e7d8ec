// Show and hide a password.
export function startPassword (scope) {
  for (const button of scope.querySelectorAll('[data-shows-password]:not([data-ready])')) {
    const input = document.getElementById(button.dataset.showsPassword)
    button.dataset.ready = ''
    button.hidden = false
    button.addEventListener('click', () => {
      const show = input.type === 'password'
      input.type = show ? 'text' : 'password'
      button.textContent = show ? button.dataset.hide : button.dataset.show
      button.setAttribute('aria-pressed', String(show))
    })
    // The browser must not offer what was typed as a remembered text.
    input.form?.addEventListener('submit', () => { input.type = 'password' })
  }
}
