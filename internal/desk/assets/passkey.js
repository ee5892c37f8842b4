// Asks the browser for a passkey, or to make one, and sends what it answers with the form of the page.
const form = document.getElementById('passkey')
const says = document.getElementById('passkey-says')
const go = document.getElementById('passkey-go')
const create = form.dataset.kind === 'create'

const bytes = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0))
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
const known = (list) => (list ?? []).map((c) => ({ ...c, id: bytes(c.id) }))

// question reads the options of the page, where binary values are base64url.
function question() {
  const o = JSON.parse(form.dataset.options).publicKey
  o.challenge = bytes(o.challenge)
  if (create) {
    o.user = { ...o.user, id: bytes(o.user.id) }
    o.excludeCredentials = known(o.excludeCredentials)
  } else {
    o.allowCredentials = known(o.allowCredentials)
  }
  return { publicKey: o }
}

// answer writes what the browser gave as RegistrationResponseJSON or AuthenticationResponseJSON.
function answer(c) {
  const r = c.response
  const out = { id: c.id, rawId: text(c.rawId), type: c.type, clientExtensionResults: {}, response: { clientDataJSON: text(r.clientDataJSON) } }
  if (c.authenticatorAttachment) out.authenticatorAttachment = c.authenticatorAttachment
  if (create) {
    out.response.attestationObject = text(r.attestationObject)
    out.response.transports = r.getTransports?.() ?? []
  } else {
    out.response.authenticatorData = text(r.authenticatorData)
    out.response.signature = text(r.signature)
    if (r.userHandle) out.response.userHandle = text(r.userHandle)
  }
  return JSON.stringify(out)
}

const why = {
  NotAllowedError: 'Nothing was chosen, or it took too long. Try again, or go back.',
  InvalidStateError: 'This device has a passkey for your account already.',
  SecurityError: 'The browser takes no passkeys for the address of this page.',
}

async function ask() {
  go.disabled = true
  says.textContent = 'Answer what your browser asks.'
  try {
    const c = create ? await navigator.credentials.create(question()) : await navigator.credentials.get(question())
    form.elements.response.value = answer(c)
    says.textContent = 'One moment.'
    form.submit()
  } catch (e) {
    says.textContent = why[e.name] ?? 'It did not work: ' + e.message
    go.disabled = false
    go.hidden = false
    go.focus()
  }
}

form.addEventListener('submit', (e) => { // Enter in the field of the name
  e.preventDefault()
  if (!go.disabled) ask()
})
go.addEventListener('click', ask)
if (!window.PublicKeyCredential) {
  says.textContent = 'This browser knows no passkeys.'
} else if (create) {
  go.hidden = false
} else {
  ask()
}
