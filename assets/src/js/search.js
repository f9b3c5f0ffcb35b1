// The search field: / and Ctrl-K, arrows through the hits, Enter opens.
const field = () => document.querySelector('.nk-search input')
const found = () => document.getElementById('nk-found')
const hits = () => Array.from(document.querySelectorAll('#nk-found [role=option]'))

export function focusSearch() {
  const input = field()
  if (!input) return false
  document.querySelector('.nk-top').classList.add('is-searching')
  input.focus()
  input.select()
  return true
}

function mark(input, hit) {
  hits().forEach(h => h.setAttribute('aria-selected', String(h === hit)))
  if (hit) {
    input.setAttribute('aria-activedescendant', hit.id)
    hit.scrollIntoView({ block: 'nearest' })
  } else {
    input.removeAttribute('aria-activedescendant')
  }
}

function clear(input) {
  const list = found()
  if (list) list.textContent = ''
  input.setAttribute('aria-expanded', 'false')
  input.removeAttribute('aria-activedescendant')
}

document.addEventListener('keydown', e => {
  const input = e.target
  if (input !== field()) return
  const list = hits()
  const at = list.findIndex(h => h.getAttribute('aria-selected') === 'true')
  if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
    e.preventDefault()
    const step = e.key === 'ArrowDown' ? 1 : -1
    mark(input, list[(at + step + list.length + (at < 0 && step < 0 ? 1 : 0)) % list.length])
  } else if (e.key === 'Enter' && at >= 0) {
    e.preventDefault()
    list[at].click()
  } else if (e.key === 'Escape') {
    e.preventDefault()
    if (list.length) clear(input)
    else { input.blur(); document.querySelector('.nk-top').classList.remove('is-searching') }
  }
})

document.addEventListener('htmx:afterSwap', e => {
  if (e.target.id !== 'nk-found') return
  const input = field()
  if (!input.value.trim()) clear(input)
  else input.setAttribute('aria-expanded', String(hits().length > 0))
})

document.addEventListener('input', e => {
  if (e.target === field() && !e.target.value.trim()) clear(e.target)
})

document.addEventListener('click', e => {
  if (e.target.closest('[data-search]') && focusSearch()) e.preventDefault()
  else if (!e.target.closest('.nk-search')) {
    const input = field()
    if (input) clear(input)
    const top = document.querySelector('.nk-top.is-searching')
    if (top) top.classList.remove('is-searching')
  }
})
