// htmx for everybody: its extensions look for it on the window. What it may
// not do under our content policy is switched off before it starts.
import htmx from '../../vendor/htmx.js'

window.htmx = htmx
Object.assign(htmx.config, {
  allowEval: false,
  includeIndicatorStyles: false,
  historyCacheSize: 0,
  scrollBehavior: 'instant',
  responseHandling: [
    { code: '204', swap: false },
    { code: '[23]..', swap: true },
    { code: '409', swap: true },
    { code: '412', swap: true },
    { code: '422', swap: true },
    { code: '...', swap: false, error: true },
  ],
})

export default htmx
