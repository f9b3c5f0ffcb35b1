// Theme and language of the person menu. Both are ordinary forms; with the
// script the theme changes at once and is stored without leaving the page.
const root = document.documentElement

document.addEventListener('submit', e => {
  const form = e.target.closest('form[data-prefs]')
  const button = e.submitter || document.activeElement
  if (!form || !button || button.name !== 'theme') return
  e.preventDefault()
  const theme = button.value
  if (theme !== 'auto') root.setAttribute('data-bs-theme', theme)
  else root.removeAttribute('data-bs-theme')
  document.querySelectorAll('form[data-prefs] button[name=theme]').forEach(b => {
    b.setAttribute('aria-pressed', String(b.value === theme))
  })
  const body = new URLSearchParams(new FormData(form))
  body.set('theme', theme)
  fetch(form.action, { method: 'POST', body, redirect: 'manual' }).catch(() => {})
}, true)
