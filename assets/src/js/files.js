// Files: dropped and pasted ones join those chosen; each shows as a chip that can be taken out again, a picture as a
// small picture. Photographs are made smaller first; until that is done the form waits. Without the script the plain
// file input is there.
import { word, icon } from './words.js'
import { shrink, shrinks } from './photo.js'
import { toast } from './toast.js'

const box = el => el.closest('[data-files]')
const input = area => area.querySelector('input[type=file]')
const most = field => Number(field.dataset.most) || 20

function put(field, files) {
  const all = new DataTransfer()
  files.forEach(f => all.items.add(f))
  field.files = all.files
  field.nkFiles = files
  show(field)
}

function size(bytes) {
  return bytes < 1024 * 1024 ? Math.max(1, Math.round(bytes / 1024)) + ' KB' : (bytes / 1024 / 1024).toFixed(1) + ' MB'
}

function small(file) {
  const picture = document.createElement('img')
  const url = URL.createObjectURL(file)
  picture.onload = () => URL.revokeObjectURL(url)
  picture.onerror = () => { URL.revokeObjectURL(url); picture.replaceWith(icon('paperclip', 'ic-s')) }
  picture.src = url
  picture.alt = ''
  picture.width = picture.height = 32
  return picture
}

function show(field) {
  const chips = box(field).querySelector('[data-chips]')
  if (!chips) return
  chips.querySelectorAll('[data-new]').forEach(c => c.remove())
  Array.from(field.files).forEach((file, i) => {
    const chip = document.createElement('span')
    chip.className = 'nk-att'
    chip.dataset.new = i
    chip.append(/^image\/(jpeg|png|gif|webp)$/.test(file.type) ? small(file) : icon('paperclip', 'ic-s'))
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

// add joins files to those that are there and says when there are too many.
function add(field, files) {
  const before = field.multiple ? field.nkFiles || [] : []
  let all = before.concat(field.multiple ? files : files.slice(0, 1))
  if (all.length > most(field)) {
    toast({ text: word('files-most', { max: most(field) }), tone: 'bad' })
    all = all.slice(0, most(field))
  }
  put(field, all)
  all.filter(f => shrinks(f) && before.indexOf(f) < 0).forEach(f => replace(field, f))
}

// replace puts the smaller photograph in the place of the large one, unless that was taken out meanwhile.
function replace(field, file) {
  wait(field, 1)
  shrink(file).then(smaller => {
    const files = field.nkFiles || []
    const at = files.indexOf(file)
    if (at >= 0 && smaller !== file) put(field, files.map((f, i) => i === at ? smaller : f))
    wait(field, -1)
  })
}

// wait counts the photographs in work; the buttons of the form come back with the last.
function wait(field, more) {
  field.nkWaits = (field.nkWaits || 0) + more
  const chips = box(field).querySelector('[data-chips]')
  if (chips) {
    let note = chips.querySelector('[data-wait]')
    if (!note) {
      note = document.createElement('small')
      note.dataset.wait = ''
      note.setAttribute('role', 'status')
      chips.append(note)
    }
    chips.append(note)
    note.textContent = field.nkWaits ? word('photos', { count: field.nkWaits }) : ''
  }
  if (!field.form) return
  Array.from(field.form.elements).filter(b => b.tagName === 'BUTTON' && b.type === 'submit').forEach(b => {
    if (field.nkWaits) b.setAttribute('aria-busy', 'true')
    else b.removeAttribute('aria-busy')
    b.disabled = field.nkWaits > 0 || b.hasAttribute('data-off')
  })
}

document.addEventListener('submit', e => { // Enter in a field sends without a button
  const waits = Array.from(e.target.elements || []).some(el => el.nkWaits > 0)
  if (waits) { e.preventDefault(); e.stopImmediatePropagation() }
}, true)

document.addEventListener('change', e => {
  if (e.target.type !== 'file' || !box(e.target)) return
  add(e.target, Array.from(e.target.files))
})

document.addEventListener('click', e => {
  const out = e.target.closest('[data-drop]')
  if (out) {
    const field = input(box(out))
    put(field, (field.nkFiles || []).filter((_, i) => i !== Number(out.dataset.drop)))
    return
  }
  const kept = e.target.closest('[data-unkeep]')
  if (kept) kept.closest('.nk-att').remove()
})

;['dragover', 'dragleave', 'drop'].forEach(kind => document.addEventListener(kind, e => {
  const area = e.target.closest && box(e.target)
  if (!area || !e.dataTransfer || !Array.from(e.dataTransfer.types).includes('Files')) return
  e.preventDefault()
  const drop = area.querySelector('.nk-drop')
  if (drop) drop.classList.toggle('is-over', kind === 'dragover')
  if (kind === 'drop') add(input(area), Array.from(e.dataTransfer.files))
}))

document.addEventListener('paste', e => {
  const area = e.target.closest && box(e.target)
  const files = e.clipboardData ? Array.from(e.clipboardData.files) : []
  if (!area || !files.length) return
  e.preventDefault()
  add(input(area), files)
})
