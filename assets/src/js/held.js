// What the serving side writes on a request waits on the server: a form with a field [data-hold] posts its words there
// while they are written, each time on the version that it went on from. When that is not the newest, somebody else, or
// another window, has the draft: the words stay here and nothing more is kept.
import { word } from './words.js'
import { forget } from './draft.js'

const rest = 2000 // ms without a key before words are kept
const timers = new WeakMap()
const under = new WeakMap() // form → the keeping that is under way

const field = form => form && form.elements && form.querySelector('input[data-hold]')

function say(form, text) {
  const out = form.querySelector('[data-draft-status]')
  if (out) out.textContent = text
}

const clock = () => {
  const now = new Date()
  return String(now.getHours()).padStart(2, '0') + ':' + String(now.getMinutes()).padStart(2, '0')
}

function body(form) {
  const data = new FormData()
  new FormData(form).forEach((value, name) => { if (typeof value === 'string' && name !== 'save') data.append(name, value) })
  data.append('save', '1')
  return data
}

function keep(form) {
  const at = field(form)
  if (!at || at.dataset.lost || !document.contains(form)) return
  if (under.has(form)) { later(form); return }
  const text = form.elements.text.value
  const kept = fetch(at.dataset.hold, { method: 'POST', headers: { Accept: 'application/json' }, body: body(form) })
    .then(r => ((r.ok || r.status === 409) && /json/.test(r.headers.get('Content-Type')) ? r.json().then(j => [r.ok, j]) : null))
    .then(answer => {
      if (!answer) return // the door is closed, or the server away: the words are on this device
      const [ok, j] = answer
      if (!ok) { at.dataset.lost = '1'; say(form, j.text); return }
      at.value = j.version
      if (form.elements.text.value === text) {
        if (form.dataset.draft) forget(form.dataset.draft)
        if (text.trim()) say(form, word('held', { time: clock() }))
      }
    })
    .catch(() => {})
    .then(() => under.delete(form))
  under.set(form, kept)
}

function later(form) {
  clearTimeout(timers.get(form))
  timers.set(form, setTimeout(() => keep(form), rest))
}

document.addEventListener('input', e => { if (field(e.target.form) && e.target.name === 'text') later(e.target.form) })
document.addEventListener('change', e => { if (field(e.target.form) && e.target.name === 'kind' && e.target.form.elements.text.value.trim()) later(e.target.form) })

// A form that is sent while its words are being kept waits for that: else it would go out on a version that is no more.
document.addEventListener('submit', e => {
  const form = e.target
  if (!field(form)) return
  clearTimeout(timers.get(form))
  const kept = under.get(form)
  if (!kept) return
  const button = e.submitter || (document.activeElement && document.activeElement.form === form && document.activeElement.type === 'submit' ? document.activeElement : form.querySelector('.btn-primary[type=submit]'))
  e.preventDefault()
  e.stopImmediatePropagation()
  kept.then(() => button.click())
}, true)
