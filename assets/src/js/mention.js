// @ in a reply box offers people. The chosen one stands there by name; what is sent says @[工号], which is one person.
// / at the beginning of a word (or 、, where the keys write Chinese) offers what is said often, by name, pinyin or initials.
// A browser that cannot change what is sent (Safari 14) shows the number at once.
let list, field, start, write

const byName = 'FormDataEvent' in window
const known = () => { try { return JSON.parse(sessionStorage['nk-mentions'] || '{}') } catch (_) { return {} } }

// token is how the text names somebody; a name that another person has already is written as the number.
function token(name, no) {
  const names = known()
  if (!byName || !name || (names[name] && names[name] !== no)) return '@[' + no + '] '
  names[name] = no
  try { sessionStorage['nk-mentions'] = JSON.stringify(names) } catch (_) { return '@[' + no + '] ' }
  return '@' + name + ' '
}

document.addEventListener('formdata', e => {
  if (!e.target.querySelector('[data-mentions]') || !e.formData.has('text')) return
  const names = known()
  let text = e.formData.get('text')
  Object.keys(names).sort((a, b) => b.length - a.length).forEach(name => {
    text = text.split('@' + name).join('@[' + names[name] + ']')
  })
  e.formData.set('text', text)
})

function close() {
  if (list) list.remove()
  list = null
}

function offer(items) {
  close()
  if (!items.length) return
  list = document.createElement('div')
  list.className = 'nk-at'
  list.setAttribute('role', 'listbox')
  items.slice(0, 8).forEach((item, i) => {
    const hit = document.createElement('div')
    hit.className = 'nk-hit'
    hit.setAttribute('role', 'option')
    hit.setAttribute('aria-selected', String(i === 0))
    hit.dataset.value = item.value
    hit.dataset.name = item.text
    hit.textContent = item.text
    hit.nkText = item.note
    const note = document.createElement('small')
    note.textContent = item.note || ''
    hit.append(note)
    list.append(hit)
  })
  field.after(list)
}

function choose(hit) {
  const after = field.value.slice(field.selectionStart)
  const before = field.value.slice(0, start) + write(hit)
  field.value = before + after
  field.setSelectionRange(before.length, before.length)
  field.dispatchEvent(new Event('input', { bubbles: true }))
  close()
  field.focus()
}

let timer
document.addEventListener('input', e => {
  if (!e.target.dataset || !(e.target.dataset.mentions || e.target.dataset.phrases)) return
  field = e.target
  const text = field.value.slice(0, field.selectionStart)
  const person = field.dataset.mentions && /(^|[\s\S])@([^\s@[\]]{1,20})$/.exec(text)
  const phrase = field.dataset.phrases && /(^|\s)[/／、]([^\s/／、]{0,20})$/.exec(text)
  const at = person || phrase
  clearTimeout(timer)
  if (!at) { close(); return }
  start = text.length - at[2].length - 1
  write = person ? hit => token(hit.dataset.name, hit.dataset.value) : hit => said(field, hit.dataset.value, hit.nkText)
  timer = setTimeout(() => {
    ask(person ? field.dataset.mentions : field.dataset.phrases, at[2]).then(offer).catch(close)
  }, 120)
})

function ask(url, q) {
  return fetch(url + (url.includes('?') ? '&' : '?') + 'q=' + encodeURIComponent(q), { headers: { Accept: 'application/json' } })
    .then(r => (r.ok ? r.json() : { items: [] })).then(r => r.items || [])
}

// said is the text of a phrase; the form remembers that it was put in.
function said(field, id, text) {
  const used = field.form.querySelector('[data-phrases-used]')
  if (used) used.value = (used.value ? used.value + ',' : '') + id
  return text
}

// The select beside puts in what is chosen, where the cursor stands; its button is for pages without a script.
document.addEventListener('click', e => {
  const button = e.target.closest && e.target.closest('[data-phrase-insert]')
  if (!button) return
  e.preventDefault()
  const choice = button.form.querySelector('[data-phrase-choice]')
  const into = button.form.querySelector('[data-phrases]')
  if (!choice.value || !into) return
  ask(into.dataset.phrases, '').then(items => {
    const one = items.find(i => i.value === choice.value)
    if (!one) return
    const at = into.selectionStart
    const text = said(into, one.value, one.note)
    into.value = into.value.slice(0, at) + text + into.value.slice(into.selectionEnd)
    into.setSelectionRange(at + text.length, at + text.length)
    choice.value = ''
    into.dispatchEvent(new Event('input', { bubbles: true }))
    into.focus()
  })
})

document.addEventListener('keydown', e => {
  if (!list || e.target !== field) return
  const hits = Array.from(list.children)
  const at = hits.findIndex(h => h.getAttribute('aria-selected') === 'true')
  if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
    e.preventDefault()
    const to = (at + (e.key === 'ArrowDown' ? 1 : -1) + hits.length) % hits.length
    hits.forEach((h, i) => h.setAttribute('aria-selected', String(i === to)))
  } else if ((e.key === 'Enter' && !e.ctrlKey && !e.metaKey) || e.key === 'Tab') {
    e.preventDefault()
    e.stopImmediatePropagation()
    choose(hits[Math.max(0, at)])
  } else if (e.key === 'Escape') {
    e.stopImmediatePropagation()
    close()
  }
}, true)

document.addEventListener('mousedown', e => {
  const hit = e.target.closest('.nk-at .nk-hit')
  if (hit) { e.preventDefault(); choose(hit) } else close()
})
