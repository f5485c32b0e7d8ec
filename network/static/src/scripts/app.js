// Everything a page can do beyond plain links and forms. Each page works without this file.
import { startAutosave } from './autosave.js'
import { startErrors } from './errors.js'
import { startExit } from './exit.js'
import { startFormGuard } from './guard.js'
import { startHtmx } from './htmx.js'
import { startLock } from './lock.js'
import { startPassword } from './password.js'
import { startPosted } from './posted.js'
import { startReveal } from './reveal.js'

// The class that govuk-frontend's styles wait for.
document.body.classList.add('js-enabled', 'govuk-frontend-supported')

function startComponents (scope) {
  for (const start of [startErrors, startReveal, startPassword, startAutosave]) start(scope)
}

startPosted()
startLock()
startExit()
startFormGuard()
startComponents(document)
startHtmx(startComponents)
