// Everything a page needs. Each file listens on the document, so that what
// arrives later by htmx works without being told.
import './ready.js'
import './htmx-global.js'
import './live.js'
import '../../vendor/htmx-sse.js'
import './morph.js'
import './theme.js'
import './overlay.js'
import './search.js'
import './mention.js'
import './here.js'
import './keys.js'
import './matrix.js'
import './hops.js'
import './passkey.js' // before the forms, which send a form once
import './forms.js'
import './form.js' // before the drafts, which may need more rows
import './draft.js' // after the forms, which follow what it restores
import './held.js'
import './files.js'
import './toast.js'
import './copy.js'
import './picture.js'
import './print.js'
import './board.js'
import './build.js'
import './arrange.js'
import './pickers.js'

// Safari 14.0 ignores gap in flex boxes; see base.css
const probe = document.createElement('div')
probe.style.cssText = 'display:flex;flex-direction:column;row-gap:1px;position:absolute'
probe.append(document.createElement('div'), document.createElement('div'))
document.body.append(probe)
if (probe.scrollHeight !== 1) document.documentElement.classList.add('no-gap')
probe.remove()
