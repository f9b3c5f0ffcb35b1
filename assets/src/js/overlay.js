// Dialogs, menus and popovers. Without the script a dialog's opener is a link
// to a page of its own and a menu is a details element.
const openers = new WeakMap()

function open(dialog, opener) {
  if (dialog.open) return
  if (opener) openers.set(dialog, opener)
  if (dialog.showModal) dialog.showModal()
  else { // Safari 14
    dialog.setAttribute('open', '')
    dialog.classList.add('is-modal')
  }
  const first = dialog.querySelector('[autofocus], input:not([type=hidden]), textarea, select')
  if (first && first.tomselect) first.tomselect.focus() // the field itself is hidden behind its picker
  else if (first) first.focus()
}

function shut(dialog) {
  if (dialog.close) dialog.close()
  else {
    dialog.removeAttribute('open')
    back(dialog)
  }
}

// back gives the focus to what the dialog was opened with; in a menu, which has closed since, to the menu.
function back(dialog) {
  const opener = openers.get(dialog)
  if (!opener || !dialog.contains(document.activeElement) && document.activeElement !== document.body) return
  const menu = opener.closest('details[data-menu]:not([open])')
  const to = menu ? menu.querySelector('summary') : opener
  to.focus()
}

document.addEventListener('close', e => {
  if (e.target.tagName === 'DIALOG') back(e.target)
}, true)

export function openDialog(id, opener) {
  const dialog = document.getElementById(id)
  if (dialog) open(dialog, opener)
  return dialog
}

document.addEventListener('click', e => {
  const opener = e.target.closest('[data-opens]')
  if (opener && !e.ctrlKey && !e.metaKey && openDialog(opener.dataset.opens, opener)) {
    e.preventDefault()
    const menu = opener.closest('details[data-menu]')
    if (menu) menu.open = false
    return
  }
  const closer = e.target.closest('[data-close]')
  if (closer) {
    const dialog = closer.closest('dialog')
    if (dialog) { e.preventDefault(); shut(dialog) }
  }
  if (e.target.tagName === 'DIALOG' && e.target.open && outside(e)) shut(e.target)
  document.querySelectorAll('details[data-menu][open]').forEach(menu => {
    if (!menu.contains(e.target)) menu.open = false
  })
})

function outside(e) {
  const box = e.target.getBoundingClientRect()
  return e.clientX < box.left || e.clientX > box.right || e.clientY < box.top || e.clientY > box.bottom
}

document.addEventListener('keydown', e => {
  if (e.key !== 'Escape') return
  const menu = document.querySelector('details[data-menu][open]')
  if (menu) {
    menu.open = false
    menu.querySelector('summary').focus()
  }
  const dialog = document.querySelector('dialog.is-modal[open]')
  if (dialog) shut(dialog)
})

// A popover near the right edge opens to the left.
document.addEventListener('toggle', e => {
  const el = e.target
  if (!el.classList || !el.classList.contains('nk-explain') || !el.open) return
  el.classList.toggle('at-right', el.getBoundingClientRect().left + 400 > window.innerWidth - 24)
}, true)

// A dialog that came back from the server open, because its form had errors.
document.querySelectorAll('dialog[data-open]').forEach(dialog => open(dialog))
