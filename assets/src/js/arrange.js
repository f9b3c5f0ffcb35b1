// Items of a list are dragged by their grips, with the mouse or a finger. Every item has buttons that do the same, for keys and for
// browsers without this script. An item says where it belongs: its path, and data-kind (field, column of a table, section).
let drag = null

const itemsOf = list => Array.from(list.querySelectorAll(':scope > li[data-path]'))
const tableOf = li => li.dataset.path.split('.')[0]

// the items before which it may be put
function places(li, list) {
  const kind = li.dataset.kind
  return itemsOf(list).filter(x => kind === 'column' ? x.dataset.kind === 'column' && tableOf(x) === tableOf(li)
    : kind === 'section' ? x.dataset.kind === 'section' : x.dataset.kind !== 'column')
}

function clear() {
  drag.list.querySelectorAll('.is-before, .is-behind, .is-moving').forEach(x => x.classList.remove('is-before', 'is-behind', 'is-moving'))
}

function point(y) {
  const others = drag.places.filter(x => x !== drag.li)
  const next = others.find(x => { const r = x.getBoundingClientRect(); return y < r.top + r.height / 2 })
  clear()
  drag.li.classList.add('is-moving')
  drag.before = next ? next.dataset.path : ''
  const all = itemsOf(drag.list)
  const last = drag.li.dataset.kind === 'column' ? drag.places[drag.places.length - 1] : all[all.length - 1]
  if (next) next.classList.add('is-before')
  else last.classList.add('is-behind')
  if (y < 60) window.scrollBy(0, -12)
  if (y > window.innerHeight - 60) window.scrollBy(0, 12)
}

function end(drop) {
  if (!drag) return
  const { li, list, before, places: all } = drag
  clear()
  drag = null
  const own = all[all.indexOf(li) + 1]
  if (!drop || before === undefined || before === (own ? own.dataset.path : '')) return
  const button = list.closest('form').querySelector('[data-place]')
  button.value = 'place:' + li.dataset.path + ':' + before
  button.click()
}

document.addEventListener('pointerdown', e => {
  const grip = e.target.closest && e.target.closest('[data-grip]')
  if (!grip || e.button !== 0) return
  const li = grip.closest('li[data-path]'), list = grip.closest('[data-arrange]')
  e.preventDefault()
  if (grip.setPointerCapture) grip.setPointerCapture(e.pointerId)
  drag = { li, list, id: e.pointerId, places: places(li, list), before: undefined }
})
document.addEventListener('pointermove', e => { if (drag && e.pointerId === drag.id) point(e.clientY) })
document.addEventListener('pointerup', e => { if (drag && e.pointerId === drag.id) end(true) })
document.addEventListener('pointercancel', e => { if (drag && e.pointerId === drag.id) end(false) })
document.addEventListener('keydown', e => { if (drag && e.key === 'Escape') end(false) })
