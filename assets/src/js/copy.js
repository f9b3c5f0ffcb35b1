// A secret is copied by its button. The clipboard of the browser needs https;
// where there is none the selection is copied the old way.
function old(field) {
  field.select()
  return document.execCommand('copy')
}

function done(button) {
  const word = button.querySelector('span')
  if (button.dataset.done && word.textContent !== button.dataset.done) {
    const before = word.textContent
    word.textContent = button.dataset.done
    setTimeout(() => { word.textContent = before }, 3000)
  }
}

document.addEventListener('click', e => {
  const field = e.target.closest('.nk-copy input')
  if (field) field.select()
  const button = e.target.closest('[data-copy]')
  if (!button) return
  const from = button.closest('.nk-copy').querySelector('input')
  if (navigator.clipboard && window.isSecureContext) {
    navigator.clipboard.writeText(from.value).then(() => done(button), () => old(from) && done(button))
  } else if (old(from)) done(button)
})
