// First of all: the sheet hides what only readers without scripts need.
document.documentElement.classList.add('js')
