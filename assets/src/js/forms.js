// Forms send themselves once, filters send themselves, chosen rows are counted.
import { word } from './words.js'
import { toast } from './toast.js'

const busy = new Set()

function hold(form, submitter) {
  busy.add(form)
  // after the browser has read the form: a disabled button would not be sent
  setTimeout(() => buttons(form).forEach(b => { b.setAttribute('aria-busy', 'true'); b.disabled = true }), 0)
}

function release(form) {
  busy.delete(form)
  buttons(form).forEach(b => { b.removeAttribute('aria-busy'); b.disabled = b.hasAttribute('data-off') })
}

const buttons = form => Array.from(form.elements).filter(b => b.tagName === 'BUTTON' && b.type === 'submit')

document.addEventListener('submit', e => {
  const form = e.target
  if (e.defaultPrevented || form.method !== 'post') return
  if (busy.has(form)) { e.preventDefault(); e.stopImmediatePropagation(); return }
  if (navigator.onLine === false) { // the browser's own page would take the place of what is written
    e.preventDefault()
    toast({ text: word('offline'), tone: 'bad' })
    return
  }
  hold(form)
  if (form.matches('[hx-post], [data-hx-post]')) return
  setTimeout(() => release(form), 15000) // a download, or an answer that never came
})
document.addEventListener('htmx:afterRequest', e => {
  const form = e.target.closest && e.target.closest('form')
  if (form) release(form)
})
window.addEventListener('pageshow', e => { if (e.persisted) busy.forEach(release) })

// aria-disabled buttons say why they cannot be used and stay where they are
document.addEventListener('click', e => {
  if (e.target.closest('[aria-disabled=true]')) { e.preventDefault(); e.stopPropagation() }
}, true)

// a filter bar sends itself; without the script it has a button
document.addEventListener('change', e => {
  const bar = e.target.closest('form.nk-filter')
  if (bar && !open(bar) && (e.target.tagName === 'SELECT' || e.target.type === 'date')) submit(bar)
})

// on a phone the filters stand in a sheet, which has its own button and goes down when it is pressed
const open = bar => { const box = bar.querySelector('.nk-sheet-on'); return box && box.checked }
document.addEventListener('submit', e => {
  const box = e.target.querySelector && e.target.matches('form.nk-filter') && e.target.querySelector('.nk-sheet-on')
  if (box) box.checked = false
})
document.addEventListener('keydown', e => {
  const sheet = e.key === 'Escape' && e.target.closest && e.target.closest('form.nk-filter')
  if (sheet && open(sheet)) { sheet.querySelector('.nk-sheet-on').checked = false; sheet.querySelector('.nk-sheet-on').focus() }
})

// a field that the page is about has the focus where there is a keyboard; Enter opens the first of what it found
const about = document.querySelector('input[data-first]')
if (about && !location.hash && !matchMedia('(pointer: coarse)').matches) about.focus()
document.addEventListener('keydown', e => {
  if (e.key !== 'Enter' || e.isComposing || !e.target.matches('input[data-first]')) return
  const found = document.querySelector('#found[data-query] a[href]')
  if (!found || found.closest('[data-query]').dataset.query !== e.target.value.trim()) return
  e.preventDefault()
  found.click()
})

function submit(form) {
  if (form.requestSubmit) form.requestSubmit()
  else if (form.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }))) form.submit()
}

// a select in the bar is as wide as what is chosen, not as its longest choice
function fit(select) {
  const option = select.options[select.selectedIndex]
  if (!option) return
  const ruler = fit.ruler || (fit.ruler = document.createElement('canvas').getContext('2d'))
  const look = getComputedStyle(select)
  ruler.font = look.fontWeight + ' ' + look.fontSize + ' ' + look.fontFamily
  select.style.width = Math.ceil(ruler.measureText(option.text).width) + 24 + 'px'
}
const fitAll = root => root.querySelectorAll('.nk-chip select').forEach(fit)
fitAll(document)
document.addEventListener('htmx:afterSettle', e => fitAll(e.target))
addEventListener('resize', () => fitAll(document)) // letters are larger on a narrow screen
document.addEventListener('change', e => { if (e.target.matches('.nk-chip select')) fit(e.target) })

// empty filters stay out of the address
document.addEventListener('formdata', e => {
  if (!e.target.matches('form.nk-filter')) return
  const empty = []
  e.formData.forEach((value, key) => { if (value === '') empty.push(key) })
  empty.forEach(key => e.formData.delete(key))
})

// chosen rows
function count(form) {
  const boxes = Array.from(document.querySelectorAll('input[type=checkbox][form="' + form + '"]:not([data-all])'))
  const n = boxes.filter(b => b.checked).length
  boxes.forEach(b => { const row = b.closest('tr, li'); if (row) row.classList.toggle('is-picked', b.checked) })
  document.querySelectorAll('input[data-all][form="' + form + '"]').forEach(all => {
    all.checked = n > 0 && n === boxes.length
    all.indeterminate = n > 0 && n < boxes.length
  })
  document.querySelectorAll('.nk-bulk[data-form="' + form + '"]').forEach(bar => {
    bar.dataset.count = n
    const text = bar.querySelector('[data-picked]')
    if (text) text.textContent = word('picked', { count: n })
  })
}

document.addEventListener('change', e => {
  const box = e.target
  if (box.type !== 'checkbox' || !box.getAttribute('form')) return
  const form = box.getAttribute('form')
  if (box.hasAttribute('data-all')) {
    document.querySelectorAll('input[type=checkbox][form="' + form + '"]').forEach(b => { b.checked = box.checked })
  }
  count(form)
})
document.addEventListener('click', e => {
  const none = e.target.closest('[data-unpick]')
  if (!none) return
  document.querySelectorAll('input[type=checkbox][form="' + none.dataset.unpick + '"]').forEach(b => { b.checked = false })
  count(none.dataset.unpick)
})
const forms = () => new Set(Array.from(document.querySelectorAll('.nk-bulk[data-form]'), b => b.dataset.form))
forms().forEach(count)
document.addEventListener('htmx:afterSettle', () => forms().forEach(count))

// stars and the reply box follow their radio buttons
function light(group) {
  const stars = Array.from(group.querySelectorAll('.nk-star'))
  const picked = stars.findIndex(s => s.firstElementChild.checked)
  stars.forEach((s, i) => s.classList.toggle('is-lit', picked >= 0 && i >= picked)) // five first, in the source
}
document.addEventListener('change', e => {
  const stars = e.target.closest('.nk-stars')
  if (stars) light(stars)
  const compose = e.target.closest('.nk-compose')
  if (compose && e.target.name === 'kind') compose.classList.toggle('is-note', e.target.value === 'note')
})
document.querySelectorAll('.nk-stars').forEach(light)

// after a refused form the summary takes the focus, so that it is read out
function blame(root) {
  const summary = root.querySelector('[data-errors]')
  if (summary) summary.focus()
}
blame(document)
document.addEventListener('htmx:afterSettle', e => blame(e.target))
