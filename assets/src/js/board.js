// Cards of a board are dragged with the mouse; every card has a form that does
// the same, for fingers, keys and browsers without this script.
let card = null

const columnOf = e => card && e.target.closest && e.target.closest('[data-column]')

document.addEventListener('pointerover', e => {
  const li = e.target.closest && e.target.closest('[data-board] [data-card]')
  if (li && e.pointerType === 'mouse' && li.querySelector('.nk-move')) li.draggable = true
})

document.addEventListener('dragstart', e => {
  card = e.target.closest && e.target.closest('[data-card]')
  if (!card) return
  e.dataTransfer.effectAllowed = 'move'
  e.dataTransfer.setData('text/plain', card.dataset.card)
  card.classList.add('is-moving')
})

document.addEventListener('dragover', e => {
  const column = columnOf(e)
  if (!column || column.contains(card)) return
  e.preventDefault()
  document.querySelectorAll('.is-target').forEach(el => el.classList.toggle('is-target', el === column))
  column.classList.add('is-target')
})

document.addEventListener('drop', e => {
  const column = columnOf(e)
  if (!column || column.contains(card)) return
  e.preventDefault()
  const form = document.getElementById(column.closest('[data-board]').dataset.board)
  const set = (name, value) => { form.elements[name].disabled = false; form.elements[name].value = value }
  set('n', card.dataset.card)
  set('to', column.dataset.column)
  if (form.requestSubmit) form.requestSubmit()
  else form.submit()
})

document.addEventListener('dragend', () => {
  if (card) card.classList.remove('is-moving')
  card = null
  document.querySelectorAll('.is-target').forEach(el => el.classList.remove('is-target'))
})
