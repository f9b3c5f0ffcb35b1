// Files: dropped and pasted ones join those chosen; each shows as a chip that
// can be taken out again. Without the script the plain file input is there.
import { word, icon } from './words.js'

const box = el => el.closest('[data-files]')
const input = area => area.querySelector('input[type=file]')

function put(field, files) {
  const all = new DataTransfer()
  files.forEach(f => all.items.add(f))
  field.files = all.files
  show(field)
}

function size(bytes) {
  return bytes < 1024 * 1024 ? Math.max(1, Math.round(bytes / 1024)) + ' KB' : (bytes / 1024 / 1024).toFixed(1) + ' MB'
}

function show(field) {
  const chips = box(field).querySelector('[data-chips]')
  if (!chips) return
  chips.querySelectorAll('[data-new]').forEach(c => c.remove())
  Array.from(field.files).forEach((file, i) => {
    const chip = document.createElement('span')
    chip.className = 'nk-att'
    chip.dataset.new = i
    chip.append(icon('paperclip', 'ic-s'))
    const name = document.createElement('span')
    name.textContent = file.name
    const kb = document.createElement('small')
    kb.textContent = size(file.size)
    const out = document.createElement('button')
    out.type = 'button'
    out.dataset.drop = i
    out.setAttribute('aria-label', word('remove', { name: file.name }))
    out.append(icon('x', 'ic-s'))
    chip.append(name, kb, out)
    chips.append(chip)
  })
}

document.addEventListener('change', e => {
  if (e.target.type !== 'file' || !box(e.target)) return
  const field = e.target
  const before = field.multiple ? field.nkFiles || [] : []
  if (before.length) put(field, before.concat(Array.from(field.files)))
  else show(field)
  field.nkFiles = Array.from(field.files)
})

document.addEventListener('click', e => {
  const out = e.target.closest('[data-drop]')
  if (out) {
    const field = input(box(out))
    put(field, Array.from(field.files).filter((_, i) => i !== Number(out.dataset.drop)))
    field.nkFiles = Array.from(field.files)
    return
  }
  const kept = e.target.closest('[data-unkeep]')
  if (kept) kept.closest('.nk-att').remove()
})

function take(area, files) {
  const field = input(area)
  const list = field.multiple ? Array.from(field.files).concat(files) : files.slice(0, 1)
  put(field, list)
  field.nkFiles = list
}

;['dragover', 'dragleave', 'drop'].forEach(kind => document.addEventListener(kind, e => {
  const area = e.target.closest && box(e.target)
  if (!area || !e.dataTransfer || !Array.from(e.dataTransfer.types).includes('Files')) return
  e.preventDefault()
  const drop = area.querySelector('.nk-drop')
  if (drop) drop.classList.toggle('is-over', kind === 'dragover')
  if (kind === 'drop') take(area, Array.from(e.dataTransfer.files))
}))

document.addEventListener('paste', e => {
  const area = e.target.closest && box(e.target)
  const files = e.clipboardData ? Array.from(e.clipboardData.files) : []
  if (!area || !files.length) return
  e.preventDefault()
  take(area, files)
})
