// A form with data-passkey asks the browser for a passkey ("create" makes one,
// "get" signs in) and is sent with what the browser answers.
function bytes(text) {
  const raw = atob(text.replace(/-/g, '+').replace(/_/g, '/'))
  return Uint8Array.from(raw, c => c.charCodeAt(0))
}

function text(buffer) {
  let s = ''
  for (const b of new Uint8Array(buffer)) s += String.fromCharCode(b)
  return btoa(s).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}

function opened(options) {
  const o = options.publicKey
  o.challenge = bytes(o.challenge)
  if (o.user) o.user.id = bytes(o.user.id)
  for (const list of [o.excludeCredentials, o.allowCredentials]) for (const c of list || []) c.id = bytes(c.id)
  return { publicKey: o }
}

function closed(c) {
  const r = c.response, response = { clientDataJSON: text(r.clientDataJSON) }
  if (r.attestationObject) {
    response.attestationObject = text(r.attestationObject)
    if (r.getTransports) response.transports = r.getTransports()
  }
  if (r.authenticatorData) response.authenticatorData = text(r.authenticatorData)
  if (r.signature) response.signature = text(r.signature)
  if (r.userHandle) response.userHandle = text(r.userHandle)
  return JSON.stringify({ id: c.id, rawId: text(c.rawId), type: c.type, response, clientExtensionResults: c.getClientExtensionResults(), authenticatorAttachment: c.authenticatorAttachment || undefined })
}

function say(form, words) {
  const p = form.querySelector('[data-passkey-said]')
  p.textContent = words
  p.hidden = !words
}

async function ask(form) {
  say(form, '')
  if (!window.PublicKeyCredential || !window.isSecureContext) return say(form, form.dataset.missing)
  try {
    const answer = await fetch(form.dataset.begin, { method: 'POST', headers: { Accept: 'application/json' } })
    if (!answer.ok) throw new Error(String(answer.status))
    const options = opened(await answer.json())
    const made = await (form.dataset.passkey === 'create' ? navigator.credentials.create(options) : navigator.credentials.get(options))
    form.querySelector('[name=credential]').value = closed(made)
    form.submit()
  } catch (e) {
    say(form, e.name === 'InvalidStateError' && form.dataset.known || form.dataset.failed)
  }
}

document.addEventListener('submit', e => {
  if (!e.target.matches('form[data-passkey]')) return
  e.preventDefault()
  e.stopImmediatePropagation()
  ask(e.target)
}, true)
