// A button prints the page that it stands on.
document.addEventListener('click', e => { if (e.target.closest('[data-print]')) window.print() })
