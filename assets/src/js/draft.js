// Drafts: what is being written into a form with data-draft is kept on this
// device, comes back after a failure, a reload or a closed tab, and goes when
// the form has been accepted.
import { word } from './words.js'
import { grow } from './form.js'

const prefix = 'nk-draft:'
const sent = 'nk-sent'
const keep = /^(TEXTAREA|SELECT|INPUT)$/

const inputs = form => Array.from(form.elements).filter(el =>
  el.name && keep.test(el.tagName) && !/^(hidden|file|password|submit|button)$/.test(el.type))

function store(area, method, ...args) {
  try { return window[area][method](...args) } catch (_) { return null } // storage may be full or forbidden
}

// which of two to send to (a reply or a note) is kept beside the words, and is no content by itself
const choice = el => el.closest('[data-choice]')
const initial = el => choice(el) || ((el.type === 'checkbox' || el.type === 'radio') ? el.checked === el.defaultChecked
  : el.tagName === 'SELECT' ? Array.from(el.options).every(o => o.selected === o.defaultSelected || !el.querySelector('[selected]'))
    : el.value === el.defaultValue)

function read(form) {
  const values = {}
  inputs(form).forEach(el => {
    if (el.type === 'checkbox' || el.type === 'radio') { if (el.checked) (values[el.name] = values[el.name] || []).push(el.value) }
    else if (el.value) (values[el.name] = values[el.name] || []).push(el.value)
  })
  return values
}

function write(form, values) {
  const taken = {}
  grow(form, Object.keys(values))
  inputs(form).forEach(el => {
    const list = values[el.name] || []
    if (el.type === 'checkbox' || el.type === 'radio') el.checked = list.includes(el.value)
    else {
      const i = taken[el.name] = (taken[el.name] || 0)
      taken[el.name]++
      if (list[i] !== undefined) el.value = list[i]
    }
    el.dispatchEvent(new Event('change', { bubbles: true }))
  })
}

function say(form, id) {
  const out = form.querySelector('[data-draft-status]')
  if (!out) return
  const now = new Date()
  out.textContent = word(id, { time: String(now.getHours()).padStart(2, '0') + ':' + String(now.getMinutes()).padStart(2, '0') })
}

const timers = new WeakMap()
document.addEventListener('input', e => {
  const form = e.target.form
  if (!form || !form.dataset.draft) return
  clearTimeout(timers.get(form))
  timers.set(form, setTimeout(() => save(form), 400))
})

function save(form) {
  const values = read(form)
  const key = prefix + form.dataset.draft
  const written = inputs(form).some(el => !choice(el) && values[el.name])
  if (written) store('localStorage', 'setItem', key, JSON.stringify({ at: Date.now(), values }))
  else store('localStorage', 'removeItem', key)
  say(form, 'drafted')
}

export function forget(key) {
  store('localStorage', 'removeItem', prefix + key)
}

// A post leaves a mark. It was accepted when the next page says that it is done
// (its toast is there from the start); a page of errors, the way to sign in or
// no page at all mean that it was not, and what was written is kept.
document.addEventListener('submit', e => {
  const form = e.target
  if (!form.dataset || form.method !== 'post' || e.defaultPrevented) return
  store('sessionStorage', 'removeItem', sent)
  if (!form.dataset.draft) return
  clearTimeout(timers.get(form))
  save(form)
  if (!form.hasAttribute('hx-post')) store('sessionStorage', 'setItem', sent, form.dataset.draft)
})
document.addEventListener('htmx:afterRequest', e => {
  const form = e.target.closest && e.target.closest('form[data-draft]')
  if (form && e.detail.successful) forget(form.dataset.draft)
})

function settle() {
  const key = store('sessionStorage', 'getItem', sent)
  store('sessionStorage', 'removeItem', sent)
  if (key && document.querySelector('#nk-toasts .nk-toast')) forget(key)
}

// words that the server keeps, too, are not written over by those of this device: they stand before them
function together(form, values) {
  if (!form.querySelector('[data-hold]') || !form.elements.text || !values.text) return
  const there = form.elements.text.value.trim()
  if (there && !values.text[0].includes(there)) values.text = [there + '\n\n' + values.text[0]]
}

function restore() {
  const week = Date.now() - 7 * 86400000
  Array.from(document.forms).forEach(form => {
    if (!form.dataset.draft || form.querySelector('[data-errors], .is-bad')) return
    const raw = store('localStorage', 'getItem', prefix + form.dataset.draft)
    if (!raw) return
    const draft = JSON.parse(raw)
    if (draft.at < week) { forget(form.dataset.draft); return }
    if (!inputs(form).every(initial)) return // the server sent content of its own
    together(form, draft.values)
    write(form, draft.values)
    say(form, 'restored')
  })
}

settle()
restore()
