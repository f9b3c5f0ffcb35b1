// Pickers need a larger library: it is fetched on pages that have one.
const me = document.currentScript

export function pickers(root) {
  const fields = root.querySelectorAll('[data-picker]:not(.tomselected):not([data-waits])')
  if (!fields.length) return
  if (window.nkPick) { fields.forEach(window.nkPick); return }
  if (pickers.asked) return
  pickers.asked = true
  const look = document.createElement('link')
  look.rel = 'stylesheet'
  look.href = me.dataset.pickerCss
  const code = document.createElement('script')
  code.src = me.dataset.picker
  code.onload = () => document.querySelectorAll('[data-picker]').forEach(window.nkPick)
  document.head.append(look, code)
}

pickers(document)
document.addEventListener('htmx:afterSettle', e => pickers(e.target))
