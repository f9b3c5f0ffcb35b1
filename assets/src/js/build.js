// Conditions that are put together by clicking: what can be chosen follows what was chosen. The server draws it; without the script a
// button asks for it.
document.addEventListener('change', e => {
  if (!e.target.matches || !e.target.matches('[data-redraw]')) return
  const button = e.target.closest('.nk-build').querySelector('[data-redraws]')
  if (button) button.click()
})
