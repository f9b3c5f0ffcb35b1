// Toasts: said once, gone after eight seconds unless the pointer or the focus
// is on them. The server puts them into the page, or into HX-Trigger:
// {"nk-toast": {"text": "…", "undo": "/path", "tone": "bad"}}.
import { word, icon } from './words.js'

const stay = 8000

function arm(el) {
  if (el.dataset.armed || el.classList.contains('is-bad')) return
  el.dataset.armed = '1'
  let timer
  const start = () => { timer = setTimeout(() => el.remove(), stay) }
  const stop = () => clearTimeout(timer)
  el.addEventListener('mouseenter', stop)
  el.addEventListener('mouseleave', start)
  el.addEventListener('focusin', stop)
  el.addEventListener('focusout', start)
  start()
}

export function toast({ text, undo, tone }) {
  const box = document.getElementById('nk-toasts')
  if (!box || !text) return
  const el = document.createElement('div')
  el.className = 'nk-toast' + (tone ? ' is-' + tone : '')
  el.append(icon(tone === 'bad' ? 'alert-triangle' : 'check'))
  const line = document.createElement('span')
  line.className = 'nk-grow'
  line.textContent = text
  el.append(line)
  if (undo) {
    const form = document.createElement('form')
    form.method = 'post'
    form.action = undo
    const button = document.createElement('button')
    button.textContent = word('undo')
    form.append(button)
    el.append(form)
  }
  const close = document.createElement('button')
  close.type = 'button'
  close.className = 'nk-close'
  close.setAttribute('aria-label', word('close'))
  close.append(icon('x', 'ic-s'))
  el.append(close)
  box.append(el)
  arm(el)
}

document.addEventListener('click', e => {
  const close = e.target.closest('.nk-toast .nk-close')
  if (close) close.closest('.nk-toast').remove()
})
document.addEventListener('nk-toast', e => toast(e.detail.value || e.detail))
document.querySelectorAll('#nk-toasts .nk-toast').forEach(arm)

document.addEventListener('htmx:sendError', () => toast({ text: word('offline'), tone: 'bad' }))
document.addEventListener('htmx:responseError', e => {
  if (e.detail.xhr.status === 401) location.reload()
  else toast({ text: word('failed'), tone: 'bad' })
})
