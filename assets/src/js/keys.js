// Keys: / search, ? all keys; in a list j and k move, x picks, Enter opens,
// t takes, a picks and goes to whom it is given, r opens at the reply box; Ctrl-Enter sends the form one is writing in.
import { focusSearch } from './search.js'
import { openDialog } from './overlay.js'

const typing = el => el.isContentEditable || /^(TEXTAREA|SELECT)$/.test(el.tagName) ||
  (el.tagName === 'INPUT' && !/^(checkbox|radio|button|submit)$/.test(el.type))

const rows = () => Array.from(document.querySelectorAll('[data-keys] [data-href]')).filter(r => r.offsetParent !== null)

let under = '' // address of the row under the cursor

function mark(list, row) {
  list.forEach(r => r.classList.toggle('is-cursor', r === row))
  row.setAttribute('tabindex', '-1')
  under = row.dataset.href
}

function go(step) {
  const list = rows()
  if (!list.length) return false
  const at = list.findIndex(r => r.classList.contains('is-cursor'))
  const to = list[Math.max(0, Math.min(list.length - 1, at < 0 ? 0 : at + step))]
  mark(list, to)
  to.focus({ preventScroll: true })
  to.scrollIntoView({ block: 'nearest' })
  return true
}

// A list that renews itself keeps its cursor, wherever the row is now.
document.addEventListener('htmx:afterSwap', () => {
  const list = rows(), row = under && list.find(r => r.dataset.href === under)
  if (!row) return
  mark(list, row)
  if (document.activeElement === document.body) row.focus({ preventScroll: true })
})

function onRow(act) {
  const row = document.querySelector('[data-keys] .is-cursor[data-href]')
  if (row) act(row)
  return !!row
}

const acts = {
  '/': focusSearch,
  '?': () => !!openDialog('nk-keys'),
  j: () => go(1),
  k: () => go(-1),
  x: () => onRow(row => { const box = row.querySelector('input[type=checkbox]'); if (box) box.click() }),
  t: () => onRow(row => bulk(row, '/queue/take')),
  a: () => onRow(row => bulk(row, '')),
  r: () => onRow(row => { location.href = row.dataset.href + '#reply' }) || reply(),
  Enter: e => (e.target === document.body || e.target.matches('[data-href]')) && onRow(row => { location.href = row.dataset.href }),
}

// bulk picks the row and sends it off, or goes to whom it may be given.
function bulk(row, action) {
  const box = row.querySelector('input[type=checkbox][form]'), form = box && document.getElementById(box.getAttribute('form'))
  if (!form) return
  if (!action) {
    if (!box.checked) box.click()
    const who = document.querySelector('.nk-bulk select[name=person], .nk-bulk input[name=person], .nk-bulk .ts-control input')
    if (who) who.focus()
    return
  }
  document.querySelectorAll('input[type=checkbox][form="' + form.id + '"]').forEach(b => { if (b !== box && b.checked) b.click() })
  if (!box.checked) box.click()
  send(form)
}

function reply() {
  const box = document.querySelector('.nk-compose textarea')
  if (box) box.focus()
  return !!box
}

document.addEventListener('keydown', e => {
  if (e.defaultPrevented || e.isComposing) return
  if ((e.ctrlKey || e.metaKey) && !e.altKey) {
    if (e.key.toLowerCase() === 'k' && focusSearch()) e.preventDefault()
    if (e.key === 'Enter' && e.target.form) { e.preventDefault(); send(e.target.form) }
    return
  }
  if (e.altKey || typing(e.target) || document.querySelector('dialog[open]')) return
  const act = Object.prototype.hasOwnProperty.call(acts, e.key) && acts[e.key]
  if (act && act(e)) e.preventDefault()
})

// Safari 14 has no requestSubmit; a click on the first button says the same.
function send(form) {
  const button = form.querySelector('button:not([type=button]):not(:disabled)') || form.id && document.querySelector('button[form="' + form.id + '"]:not([type=button]):not(:disabled)')
  if (button) button.click()
  else if (form.requestSubmit) form.requestSubmit()
}

if (location.hash === '#reply') reply()
