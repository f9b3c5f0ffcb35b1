// A page on which somebody may answer says that it is looked at, and that something is being written, so that two
// colleagues do not answer the same thing. It says so only while it can be seen.
let told = 0
let wrote = 0

function say(writing) {
  const line = document.querySelector('[data-here]')
  if (!line || document.hidden) return
  told = Date.now()
  if (writing) wrote = told
  fetch(line.dataset.here, { method: 'POST', headers: { 'HX-Request': 'true', 'HX-Target': 'here' }, body: new URLSearchParams({ writing: writing ? 'true' : 'false' }) })
    .then(r => (r.ok ? r.text() : ''))
    .then(text => {
      const now = new DOMParser().parseFromString(text, 'text/html').querySelector('[data-here]')
      const here = document.querySelector('[data-here]')
      if (now && here && here.textContent !== now.textContent) here.textContent = now.textContent
    })
    .catch(() => {})
}

document.addEventListener('input', e => {
  if (e.target.matches && e.target.matches('#reply textarea') && Date.now() - wrote > 5000) say(true)
})
setInterval(() => { if (Date.now() - told > 19000) say(Date.now() - wrote < 10000) }, 5000)
if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', () => say(false))
else say(false)
