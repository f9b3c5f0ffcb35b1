// Forms of kit/form: conditions, formulas, rows of tables and ways of a cascade follow what is typed. The server judges all of it
// again; internal/kit/form/testdata/conditions.json holds both to the same answers.
import { exact, number, narrow, whole, none, add, sub, mul, div, cmp, rounded } from './exact.js'

const counts = /^(number|currency|percent|rating)$/
const json = (el, name) => JSON.parse(el.getAttribute('data-' + name))
const trim = s => s.replace(/^[\s\u3000]+|[\s\u3000]+$/g, '')
const rowOf = el => el.closest('[data-row]')

// a field that stands before another: in its row first, then in the form around it
function find(key, from) {
  const row = rowOf(from)
  const before = el => el.getAttribute('data-q') === key && (el.compareDocumentPosition(from) & Node.DOCUMENT_POSITION_FOLLOWING)
  const all = Array.from(from.closest('[data-live]').querySelectorAll('[data-q="' + key + '"]'))
  return (row && all.find(el => rowOf(el) === row && before(el))) || all.find(el => !rowOf(el) && before(el))
}

const closed = q => q.hidden || (q.closest('fieldset[data-if]') || {}).hidden

// the answer of a field as a text, a list of texts, or null when there is none
function answer(q) {
  if (!q || closed(q)) return null
  if (q.hasAttribute('data-formula')) return q.nkCounted === undefined ? null : q.nkCounted
  const sheet = q.querySelector('[data-sheet]')
  if (sheet) { const n = rows(sheet).length; return n ? String(n) : null }
  const inputs = Array.from(q.querySelectorAll('input[name], select[name], textarea[name]'))
  const type = q.getAttribute('data-t')
  if (type === 'multi_select') {
    const list = inputs.filter(i => i.checked).map(i => i.value)
    return list.length ? list : null
  }
  if (type === 'checkbox' || type === 'rating') {
    const on = inputs.find(i => i.checked)
    return on ? on.value : null
  }
  if (type === 'attachment') {
    const n = inputs.reduce((sum, i) => sum + (i.type === 'file' ? i.files.length : i.value ? 1 : 0), 0)
    return n ? String(n) : null
  }
  const text = trim(inputs.length ? inputs[inputs.length - 1].value : '')
  if (!text) return null
  if (counts.test(type)) return number(text) ? narrow(text) : null
  return text
}

// rows that hold something
const rows = sheet => Array.from(sheet.querySelectorAll('[data-rows] > [data-row]')).filter(row =>
  Array.from(row.querySelectorAll('[data-q]')).some(q => !q.hasAttribute('data-formula') && answer(q) !== null))

function compare(type, a, b) {
  if (counts.test(type)) {
    const x = number(a), y = number(b)
    if (x && y) return cmp(x, y)
  }
  return a < b ? -1 : a > b ? 1 : 0
}

function among(q, value, wanted) {
  const type = q ? q.getAttribute('data-t') : ''
  if (type === 'checkbox') return wanted.includes(String(value === 'true'))
  if (value === null) return false
  return [].concat(value).some(v => wanted.some(w =>
    v === w || (counts.test(type) && compare(type, v, w) === 0) || (type === 'cascade' && v.startsWith(w + '/'))))
}

const signs = { gt: s => s > 0, gte: s => s >= 0, lt: s => s < 0, lte: s => s <= 0 }

function holds(c, from) {
  const so = c.any && c.any.length ? c.any.some(r => rule(r, from)) : (c.all || []).every(r => rule(r, from))
  return so !== Boolean(c.not)
}

function rule(r, from) {
  if (!r.field) return holds(r, from)
  const q = find(r.field, from)
  const value = answer(q)
  const wanted = [].concat(r.value === undefined ? [] : r.value)
  switch (r.op) {
    case 'filled': return value !== null
    case 'empty': return value === null
    case 'eq': case 'in': return among(q, value, wanted)
    case 'ne': case 'not_in': return !among(q, value, wanted)
    case 'contains': return value !== null && String(value).toLowerCase().includes(wanted[0].toLowerCase())
  }
  return value !== null && signs[r.op](compare(q.getAttribute('data-t'), value, wanted[0]))
}

// formulas: a fraction, or null when blank
const share = (q, value) => {
  const x = value === null ? none() : number(value) || none()
  return q && q.getAttribute('data-t') === 'percent' ? div(x, whole(100)) : x
}

function cells(path, from) {
  const dot = path.indexOf('.')
  const q = find(path.slice(0, dot), from)
  const sheet = q && !closed(q) && q.querySelector('[data-sheet]')
  if (!sheet) return []
  return rows(sheet).map(row => row.querySelector('[data-q="' + path.slice(dot + 1) + '"]')).map(c => ({ c, v: answer(c) })).filter(x => x.v !== null).map(x => share(x.c, x.v))
}

const day = (node, from) => { const v = answer(find(node[1], from)); return v ? Date.parse(v + 'T00:00:00Z') : NaN }
const folds = {
  sum: list => list.reduce(add, none()),
  avg: list => (list.length ? div(list.reduce(add, none()), whole(list.length)) : null),
  min: list => (list.length ? list.reduce((a, b) => (cmp(b, a) < 0 ? b : a)) : null),
  max: list => (list.length ? list.reduce((a, b) => (cmp(b, a) > 0 ? b : a)) : null),
}
const binary = { '+': add, '-': sub, '*': mul, '/': div }

function count(node, from) {
  const [op, ...args] = node
  if (op === 'n') return number(args[0])
  if (op === 'f') { const q = find(args[0], from); return share(q, answer(q)) }
  if (op === '?') return truth(args[0], from) ? count(args[1], from) : count(args[2], from)
  if (op === 'days') { const n = (day(args[1], from) - day(args[0], from)) / 86400000; return isNaN(n) ? null : whole(n) }
  if (op === 'count') { const q = find(args[0][1].split('.')[0], from); return whole(q && !closed(q) && q.querySelector('[data-sheet]') ? rows(q.querySelector('[data-sheet]')).length : 0) }
  if (folds[op] && args[0][0] === 'c') return folds[op](cells(args[0][1], from))
  const list = args.map(a => count(a, from))
  if (list.includes(null)) return null
  if (binary[op]) return binary[op](list[0], list[1])
  if (op === 'abs') return list[0].n < none().n ? sub(none(), list[0]) : list[0]
  if (op === 'round') return number(rounded(list[0], args[1] ? Number(args[1][1]) : 0))
  return folds[op] ? folds[op](list) : null
}

function truth(node, from) {
  const [op, ...args] = node
  if (op === 'f') return answer(find(args[0], from)) === 'true'
  if (op === 'not') return !truth(args[0], from)
  if (op === 'and') return truth(args[0], from) && truth(args[1], from)
  if (op === 'or') return truth(args[0], from) || truth(args[1], from)
  const x = count(args[0], from), y = count(args[1], from)
  if (x === null || y === null) return false
  const s = cmp(x, y)
  return op === '==' ? s === 0 : op === '!=' ? s !== 0 : op === '>' ? s > 0 : op === '>=' ? s >= 0 : op === '<' ? s < 0 : s <= 0
}

// whether a formula looks at fields, and whether one of them is answered
function looks(node, from) {
  if (node[0] === 'f') return [true, answer(find(node[1], from)) !== null]
  if (node[0] === 'c') return [true, answer(find(node[1].split('.')[0], from)) !== null]
  return node.slice(1).filter(Array.isArray).map(n => looks(n, from)).reduce((a, b) => [a[0] || b[0], a[1] || b[1]], [false, false])
}

const plain = s => (s.includes('.') ? s.replace(/\.?0+$/, '') : s)
function figure(type, text) {
  if (type !== 'currency') return text + (type === 'percent' ? '%' : '')
  const m = /^(-?)(\d+)(.*)$/.exec(text)
  return (m[1] ? '−' : '') + m[2].replace(/\B(?=(\d{3})+$)/g, ',') + m[3]
}

function formula(q) {
  const node = json(q, 'formula')
  const type = q.getAttribute('data-t')
  const [seen, answered] = looks(node, q)
  let x = seen && !answered ? null : count(node, q)
  if (x && type === 'percent') x = mul(x, whole(100))
  let text = x === null ? null : rounded(x, Number(q.getAttribute('data-decimals')))
  if (text !== null && type !== 'currency') text = plain(text)
  q.nkCounted = text
  q.querySelector('[data-out]').textContent = text === null ? '' : figure(type, text)
}

function total(out) {
  const sheet = out.closest('[data-sheet]')
  const type = out.getAttribute('data-t')
  const sum = folds.sum(rows(sheet).map(row => row.querySelector('[data-q="' + out.getAttribute('data-sum') + '"]')).map(c => number(answer(c) || '') || none()))
  const text = rounded(sum, type === 'currency' ? 2 : 6)
  out.textContent = figure(type, type === 'currency' ? text : plain(text))
}

const off = 'select, input[type=checkbox], input[type=radio], input[type=file], input[data-picker], button'
function lock(q, on) {
  if (q.nkLocked === on) return
  q.nkLocked = on
  q.querySelectorAll('input, textarea').forEach(i => { if (!i.matches(off)) i.readOnly = on })
  q.querySelectorAll(off).forEach(i => { i.disabled = on })
  q.querySelectorAll('[data-picker]').forEach(i => { if (i.tomselect) i.tomselect[on ? 'disable' : 'enable']() })
}

function must(q, on) {
  const label = q.querySelector('.nk-label .nk-opt')
  if (label) label.hidden = on
  q.querySelectorAll('input, select, textarea').forEach(i => { if (i.type !== 'hidden') i.required = on })
}

// one walk in the order of the form: what comes later sees what stands before
function follow(live) {
  live.querySelectorAll('[data-if], [data-must], [data-lock], [data-formula]').forEach(el => {
    if (el.hasAttribute('data-if')) el.hidden = !holds(json(el, 'if'), el)
    if (el.hasAttribute('data-lock')) lock(el, holds(json(el, 'lock'), el))
    if (el.hasAttribute('data-must')) must(el, holds(json(el, 'must'), el))
    if (el.hasAttribute('data-formula') && exact) formula(el)
  })
  if (exact) live.querySelectorAll('[data-sum]').forEach(total)
}

let waiting = new Set()
function soon(live) {
  if (!live || waiting.has(live)) return
  waiting.add(live)
  requestAnimationFrame(() => { waiting.delete(live); follow(live) })
}

// rows: one more, one less; numbers in names only rise, the server puts them in order
function addRow(sheet) {
  const body = sheet.querySelector('[data-rows]')
  const next = Math.max(-1, ...Array.from(body.querySelectorAll('[name]'), i => { const m = /\[(\d+)\]/.exec(i.name); return m ? Number(m[1]) : -1 })) + 1
  const made = document.createElement('div')
  made.innerHTML = sheet.querySelector('template[data-blank]').innerHTML.replace(/\[NTH\]/g, '[' + next + ']')
  const row = made.firstElementChild
  body.append(row)
  cascades(row)
  row.dispatchEvent(new CustomEvent('htmx:afterSettle', { bubbles: true })) // pickers and the like
  return row
}

// grow makes room for answers by name: a draft may have more rows than the page
export function grow(form, names) {
  form.querySelectorAll('[data-sheet]').forEach(sheet => {
    const at = sheet.getAttribute('data-sheet') + '['
    const last = Math.max(-1, ...names.filter(n => n.startsWith(at)).map(n => parseInt(n.slice(at.length), 10)))
    for (let n = sheet.querySelectorAll('[data-rows] > [data-row]').length; n <= last && n < 100; n++) addRow(sheet)
  })
}

document.addEventListener('click', e => {
  const more = e.target.closest('[data-row-add]')
  const less = e.target.closest('[data-row-out]')
  if (!more && !less) return
  const sheet = e.target.closest('[data-sheet]')
  if (more) {
    const first = addRow(sheet).querySelector('input:not([type=hidden]), select, textarea')
    if (first) first.focus()
  } else {
    const row = rowOf(less)
    if (sheet.querySelectorAll('[data-rows] > [data-row]').length === 1) addRow(sheet)
    row.remove()
    sheet.querySelector('[data-row-add]').focus()
  }
  sheet.dispatchEvent(new Event('input', { bubbles: true }))
})

// a cascade: one select of whole ways becomes a select for each step
function steps(box) {
  const whole = box.querySelector('select[name]')
  if (!whole || box.nkSteps || whole.disabled) return
  box.nkSteps = true
  const ways = Array.from(whole.options).filter(o => o.value).map(o => ({ codes: o.value.split('/'), names: o.text.split(' / '), value: o.value }))
  const holder = document.createElement('div')
  holder.className = 'nk-cascade'
  whole.closest('.nk-sel').hidden = true
  whole.closest('.nk-sel').after(holder)
  const label = box.querySelector('label')
  const draw = codes => {
    holder.textContent = ''
    for (let level = 0; level === 0 || codes[level - 1]; level++) {
      const here = ways.filter(w => w.codes.length > level && w.codes.slice(0, level).join('/') === codes.slice(0, level).join('/'))
      if (!here.length) break
      const wrap = document.createElement('span')
      wrap.className = 'nk-sel'
      const select = document.createElement('select')
      select.className = 'form-select'
      select.setAttribute('aria-label', (label ? label.firstChild.textContent.trim() : '') + ' ' + (level + 1))
      select.append(new Option(whole.options[0].text, ''))
      new Set(here.map(w => w.codes[level])).forEach(code => {
        select.append(new Option(here.find(w => w.codes[level] === code).names[level], code, false, codes[level] === code))
      })
      select.addEventListener('change', () => {
        const now = codes.slice(0, level).concat(select.value || [])
        const end = ways.find(w => w.codes.join('/') === now.join('/'))
        whole.value = end ? end.value : ''
        box.nkQuiet = true
        whole.dispatchEvent(new Event('change', { bubbles: true }))
        whole.dispatchEvent(new Event('input', { bubbles: true }))
        box.nkQuiet = false
        draw(now)
        const next = holder.querySelectorAll('select')[level + (select.value && !end ? 1 : 0)]
        if (next) next.focus()
      })
      wrap.append(select)
      if (whole.form) wrap.append(whole.parentNode.querySelector('svg').cloneNode(true))
      holder.append(wrap)
    }
    const first = holder.querySelector('select')
    if (first && whole.id) { whole.id = whole.id.replace(/^f-/, 'w-'); first.id = whole.id.replace(/^w-/, 'f-') }
  }
  draw(whole.value ? whole.value.split('/') : [])
  whole.addEventListener('change', () => { if (!box.nkQuiet) draw(whole.value ? whole.value.split('/') : []) })
}
const cascades = root => root.querySelectorAll('[data-cascade]').forEach(steps)

const all = root => { root.querySelectorAll('[data-live]').forEach(follow); cascades(root) }
all(document)
document.addEventListener('htmx:afterSettle', e => { all(e.target); soon(e.target.closest('[data-live]')) })
;['input', 'change'].forEach(kind => document.addEventListener(kind, e => { if (e.target.closest) soon(e.target.closest('[data-live]')) }))
