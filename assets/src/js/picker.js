// One picker for people, units, services: it asks a JSON endpoint
// ({items: [{value, text, note}]}) and keeps the plain input as its value.
import TomSelect from '../../vendor/tom-select.js'

window.nkPick = function (el) {
  if (el.tomselect || el.disabled) return
  const source = el.dataset.picker
  const known = el.dataset.items ? JSON.parse(el.dataset.items) : []
  const one = !el.hasAttribute('data-multiple')
  let answered = ''
  const made = new TomSelect(el, {
    valueField: 'value',
    labelField: 'text',
    searchField: ['text', 'note', 'value'],
    options: known,
    items: el.value ? el.value.split(',') : [],
    maxItems: one ? 1 : null,
    maxOptions: 50,
    create: false,
    preload: 'focus',
    closeAfterSelect: one,
    hidePlaceholder: true,
    controlInput: '<input autocomplete="off">',
    load(query, done) {
      fetch(source + (source.includes('?') ? '&' : '?') + 'q=' + encodeURIComponent(query), { headers: { Accept: 'application/json' } })
        .then(r => (r.ok ? r.json() : { items: [] })).then(r => {
          if (query !== this.lastValue) return done() // an answer to what is typed no longer
          answered = query
          this.clearOptions() // what was found before is not what is sought now; what is chosen stays
          done(r.items || [])
        }).catch(() => done())
    },
    // The server has searched, pinyin and all; until it answers, what is here already is looked through.
    score: query => item => {
      if (query === answered) return 1
      return [item.text, item.note, item.value].some(x => (x || '').toLowerCase().includes(query.toLowerCase())) ? 1 : 0
    },
    render: {
      option: (item, escape) => '<div class="nk-hit">' + escape(item.text || item.value) + '<small>' + escape(item.note || '') + '</small></div>',
      item: (item, escape) => '<div>' + escape(item.text || item.value) + '</div>',
      no_results: () => '<div class="nk-found-group">' + (el.dataset.none || '') + '</div>',
      loading: () => null,
    },
  })
  el.setAttribute('aria-hidden', 'true') // the field beside it has the label now
  made.wrapper.removeAttribute('title')
}
