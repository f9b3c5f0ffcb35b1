// Arrow keys walk the cells of the matrix: to the next one that can be opened, skipping what is empty. Cells of a dense
// table hold no links: it says where they lead, and one of them at a time takes the focus.
const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }

const dense = cell => cell.closest('[data-open]')

const opens = cell => dense(cell)
  ? (cell.textContent || cell.className) && !cell.classList.contains('self') && cell
  : cell.querySelector('td > a')

function address (cell) {
  const table = dense(cell)
  return table.dataset.open + cell.parentNode.cells[0].dataset.code + ':' + table.tHead.rows[0].cells[cell.cellIndex].dataset.code
}

function focus (cell) {
  const other = dense(cell) && dense(cell).querySelector('td[tabindex]')
  if (other) {
    other.removeAttribute('tabindex')
    cell.tabIndex = 0
  }
  opens(cell).focus()
}

document.addEventListener('keydown', e => {
  if (e.defaultPrevented || e.altKey || e.ctrlKey || e.metaKey || !e.target.closest) return
  const cell = e.target.closest('.nk-mx td')
  if (!cell) return
  if (e.key === 'Enter' && dense(cell)) {
    e.preventDefault()
    location.href = address(cell)
    return
  }
  const step = Object.prototype.hasOwnProperty.call(steps, e.key) && steps[e.key]
  if (!step) return
  const rows = cell.closest('tbody').rows
  let row = cell.parentNode.sectionRowIndex + step[0]
  let col = cell.cellIndex + step[1]
  while (rows[row] && rows[row].cells[col]) {
    const next = rows[row].cells[col]
    if (next.tagName === 'TD' && opens(next)) {
      e.preventDefault()
      focus(next)
      return
    }
    row += step[0]
    col += step[1]
  }
})

document.addEventListener('click', e => {
  const cell = e.target.closest && e.target.closest('.nk-mx[data-open] td')
  if (!cell || !opens(cell)) return
  if (e.ctrlKey || e.metaKey) window.open(address(cell))
  else location.href = address(cell)
})
