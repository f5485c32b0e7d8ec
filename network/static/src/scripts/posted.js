// A page that answers a form is put into the history as the page that can be opened again: Back and reload ask for
// it anew, instead of offering to send the form a second time.
export function startPosted () {
  const address = document.body.dataset.address
  if (address) history.replaceState(history.state, '', address)
}
