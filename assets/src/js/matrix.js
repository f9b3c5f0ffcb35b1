// Arrow keys walk the cells of the matrix: to the next one that can be opened, skipping what is empty.
const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }

document.addEventListener('keydown', e => {
  if (e.defaultPrevented || e.altKey || e.ctrlKey || e.metaKey || !e.target.closest) return
  const cell = e.target.closest('.nk-mx td')
  const step = cell && Object.prototype.hasOwnProperty.call(steps, e.key) && steps[e.key]
  if (!step) return
  const rows = cell.closest('tbody').rows
  let row = cell.parentNode.sectionRowIndex + step[0]
  let col = cell.cellIndex + step[1]
  while (rows[row] && rows[row].cells[col]) {
    const link = rows[row].cells[col].querySelector('td > a')
    if (link) {
      e.preventDefault()
      link.focus()
      return
    }
    row += step[0]
    col += step[1]
  }
})
