// The few sentences that scripts say, in the reader's language, from the page.
let words

export function word(id, values) {
  if (!words) {
    const el = document.getElementById('nk-words')
    words = el ? JSON.parse(el.textContent) : {}
  }
  return Object.keys(values || {}).reduce((text, key) => text.replace('{' + key + '}', values[key]), words[id] || '')
}

export function icon(name, css) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use')
  svg.setAttribute('class', 'ic ' + (css || ''))
  svg.setAttribute('aria-hidden', 'true')
  use.setAttribute('href', document.body.dataset.icons + '#' + name)
  svg.append(use)
  return svg
}
