// One event stream a page. A browser grants few connections to a server, so a
// hidden tab gives its stream back after a minute. Whatever the reason that a
// stream opens again, or when what the page is about was spoken of after it was
// asked for and before it listened, every live region fetches itself once.
import htmx from './htmx-global.js'

const rest = 60000

let leaving = false
let opened = false // a stream of this page has been open before
let refused = false // and now it is not given any more
const renew = () => document.querySelectorAll('[data-live]').forEach(el => htmx.trigger(el, 'nk-awake'))
addEventListener('beforeunload', () => { leaving = true; setTimeout(() => { leaving = false }, 2000) }) // a download stays here
addEventListener('pagehide', () => { leaving = true })
addEventListener('pageshow', () => { leaving = false })

class Stream extends EventTarget {
  constructor(url) {
    super()
    this.url = url
    this.names = new Set()
    this.readyState = 0
    this.seen = () => (document.hidden ? this.sleep() : this.wake())
    this.left = () => this.drop() // a page that is kept for the back button must not keep its connection
    this.back = e => { if (e.persisted) this.wake() }
    document.addEventListener('visibilitychange', this.seen)
    addEventListener('pagehide', this.left)
    addEventListener('pageshow', this.back)
    this.open()
  }

  open() {
    const asked = performance.getEntriesByType('navigation')[0]?.requestStart ?? 0
    this.source = new EventSource(this.url)
    this.source.addEventListener('said', e => { // its topics were last spoken of so many milliseconds before now, or earlier
      if (!opened && Number(e.data) <= performance.now() - asked) renew()
      opened = true
    })
    this.source.onopen = e => {
      this.readyState = 1
      refused = false
      if (opened) renew()
      if (this.onopen) this.onopen(e)
    }
    this.source.onerror = e => {
      if (leaving) return // the page goes, and its stream with it
      this.readyState = this.source ? this.source.readyState : 2
      if (this.readyState === 2) {
        if (opened && !refused) renew() // what is shown may not be theirs to see any more
        refused = true
        this.close() // the extension makes a new one
      }
      if (this.onerror) this.onerror(e)
    }
    this.names.forEach(name => this.relay(name))
  }

  relay(name) {
    this.source.addEventListener(name, e => {
      this.dispatchEvent(new MessageEvent(name, { data: e.data, lastEventId: e.lastEventId }))
    })
  }

  addEventListener(name, listener, options) {
    if (!this.names.has(name)) {
      this.names.add(name)
      if (this.source) this.relay(name)
    }
    super.addEventListener(name, listener, options)
  }

  sleep() {
    this.timer = setTimeout(() => this.drop(), rest)
  }

  drop() {
    if (this.source) this.source.close()
    this.source = null
  }

  wake() {
    clearTimeout(this.timer)
    if (this.source) return
    this.open()
  }

  close() {
    document.removeEventListener('visibilitychange', this.seen)
    removeEventListener('pagehide', this.left)
    removeEventListener('pageshow', this.back)
    clearTimeout(this.timer)
    this.readyState = 2
    if (this.source) this.source.close()
  }
}

htmx.createEventSource = url => new Stream(url)

// A region that is not there for its reader any more: neither is the page.
document.addEventListener('htmx:responseError', e => {
  if (e.detail.xhr.status === 404 && e.detail.elt.matches('[data-live]')) location.reload()
})

// What a live region did not get it asks for again, with growing pauses: the line was cut, the house busy, or no answer came.
const patience = 20000
const soonest = 2000
const latest = 60000
const pauses = new WeakMap()
document.addEventListener('htmx:configRequest', e => { if (e.detail.elt.matches('[data-live]')) e.detail.timeout = patience })
const again = e => {
  const el = e.detail.elt
  const status = e.detail.xhr ? e.detail.xhr.status : 0
  if (!el.matches('[data-live]') || (status > 0 && status < 500 && status !== 429)) return
  const pause = Math.min(pauses.get(el) || soonest, latest)
  pauses.set(el, pause * 2)
  setTimeout(() => { if (document.contains(el)) htmx.trigger(el, 'nk-awake') }, pause)
}
for (const name of ['htmx:sendError', 'htmx:timeout', 'htmx:responseError']) document.addEventListener(name, again)
document.addEventListener('htmx:afterOnLoad', e => pauses.delete(e.detail.elt))

// What a live region asked for before it was filtered anew comes too late: it is left out, and the region asks again.
document.addEventListener('htmx:beforeSwap', e => {
  const asked = e.detail.requestConfig
  if (!asked || !asked.elt || !asked.elt.matches('[data-live]') || asked.elt.getAttribute('hx-get') === asked.path) return
  e.detail.shouldSwap = false
  htmx.trigger(asked.elt, 'nk-awake')
})
