// hx-swap="morph:outerHTML": the new fragment is merged into the page. What
// the reader has opened, focused or half written stays as it is.
import htmx from './htmx-global.js'
import { Idiomorph } from '../../vendor/idiomorph.js'

const fields = /^(INPUT|TEXTAREA|SELECT)$/

function dirty(el) {
  if (!fields.test(el.tagName) || el.type === 'hidden') return false
  if (el.type === 'checkbox' || el.type === 'radio') return el.checked !== el.defaultChecked
  if (el.tagName === 'SELECT') return Array.from(el.options).some(o => o.selected !== o.defaultSelected)
  return el.value !== el.defaultValue
}

const options = {
  ignoreActiveValue: true,
  callbacks: {
    beforeNodeMorphed(old, now) {
      if (old.nodeType !== 1) return true
      if (old.hasAttribute('data-keep') || dirty(old)) return false
      if (old.tagName === 'FORM' && !old.matches('.nk-filter') && Array.from(old.elements).some(dirty)) return false // words, files and whom they go to stay together
      if (old.tagName === 'DIALOG' && old.open) return false
      if (old.tagName === 'DETAILS' && now.nodeType === 1) now.open = old.open
      return true
    },
    // somebody is writing in it; and what an answer said of what was just sent stays until it has been read
    beforeNodeRemoved: old => !(old.tagName === 'DIALOG' && old.open) && !(old.nodeType === 1 && old.hasAttribute('data-keep')),
  },
}

htmx.defineExtension('morph', {
  isInlineSwap: style => style.startsWith('morph'),
  handleSwap(style, target, fragment) {
    if (!style.startsWith('morph')) return false
    const outer = style !== 'morph:innerHTML'
    return Idiomorph.morph(target, fragment.children, Object.assign({ morphStyle: outer ? 'outerHTML' : 'innerHTML' }, options))
  },
})
