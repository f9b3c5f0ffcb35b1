// @ in a reply box offers people. The chosen one stands there by name; what is sent says @[工号], which is one person.
// A browser that cannot change what is sent (Safari 14) shows the number at once.
let list, field, start

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
    const note = document.createElement('small')
    note.textContent = item.note || ''
    hit.append(note)
    list.append(hit)
  })
  field.after(list)
}

function choose(hit) {
  const after = field.value.slice(field.selectionStart)
  const before = field.value.slice(0, start) + token(hit.dataset.name, hit.dataset.value)
  field.value = before + after
  field.setSelectionRange(before.length, before.length)
  field.dispatchEvent(new Event('input', { bubbles: true }))
  close()
  field.focus()
}

let timer
document.addEventListener('input', e => {
  if (!e.target.dataset || !e.target.dataset.mentions) return
  field = e.target
  const text = field.value.slice(0, field.selectionStart)
  const at = /(^|[\s\S])@([^\s@[\]]{1,20})$/.exec(text)
  clearTimeout(timer)
  if (!at) { close(); return }
  start = text.length - at[2].length - 1
  timer = setTimeout(() => {
    fetch(field.dataset.mentions + (field.dataset.mentions.includes('?') ? '&' : '?') + 'q=' + encodeURIComponent(at[2]), { headers: { Accept: 'application/json' } })
      .then(r => (r.ok ? r.json() : { items: [] }))
      .then(r => offer(r.items || []))
      .catch(close)
  }, 120)
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
