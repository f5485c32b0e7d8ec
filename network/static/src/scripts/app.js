// Everything a page can do beyond plain links and forms. Each page works without this file.
import { createAll, ErrorSummary, Checkboxes, Radios, SkipLink } from 'govuk-frontend'
import { startAutosave } from './autosave.js'
import { startExit } from './exit.js'
import { startFormGuard } from './guard.js'
import { startHtmx } from './htmx.js'
import { startLock } from './lock.js'
import { startPassword } from './password.js'

document.body.classList.add('js-enabled', 'govuk-frontend-supported')

function startComponents (scope) {
  for (const Component of [ErrorSummary, Checkboxes, Radios]) createAll(Component, undefined, scope)
  startAutosave(scope)
  startPassword(scope)
}

startLock()
startExit()
startFormGuard()
createAll(SkipLink)
startComponents(document)
startHtmx(startComponents)
