// Photographs of a phone are made smaller before they are sent: 2560 pixels are enough to read a name plate, and a
// tenth of the bytes. What the camera wrote beside the picture (where it was taken) stays behind. HEIC becomes JPEG; a
// browser that cannot read it gets a decoder. Whatever fails here is sent as it is.
const longest = 2560
const small = 1500 * 1000 // bytes; up to here a photograph is sent as it is
const sharp = 4000 * 1000 // a PNG is a screenshot: its letters suffer as JPEG
const quality = 0.82

const heic = file => /^image\/hei[cf]/.test(file.type) || /\.hei[cf]$/i.test(file.name)

export function shrinks(file) {
  if (heic(file)) return true
  if (file.type === 'image/jpeg' || file.type === 'image/webp') return file.size > small
  return file.type === 'image/png' && file.size > sharp
}

// One after another: ten photographs decoded at once are half a gigabyte.
let queue = Promise.resolve()
export function shrink(file) {
  const next = queue.then(() => smaller(file)).catch(() => file)
  queue = next
  return next
}

function smaller(file) {
  return load(file).catch(error => {
    if (heic(file)) return decoded(file)
    throw error
  }).then(drawn).then(jpeg).then(blob => {
    if (!blob || !heic(file) && blob.size >= file.size) return file
    return new File([blob], file.name.replace(/\.[^.]*$/, '') + '.jpg', { type: 'image/jpeg', lastModified: file.lastModified })
  })
}

// An image element turns the picture as the camera was held, in every browser.
function load(file) {
  return new Promise((resolve, reject) => {
    const url = URL.createObjectURL(file)
    const picture = new Image()
    picture.onload = () => { URL.revokeObjectURL(url); resolve({ picture, width: picture.naturalWidth, height: picture.naturalHeight }) }
    picture.onerror = () => { URL.revokeObjectURL(url); reject(new Error('not shown')) }
    picture.src = url
  })
}

let worker
let asked = 0
function decoded(file) {
  const [script, lib, wasm] = (document.body.dataset.heic || '').split(' ').map(path => new URL(path, location.href).href)
  if (!worker) worker = new Worker(script)
  const id = ++asked
  return new Promise((resolve, reject) => {
    const hear = e => {
      if (e.data.id !== id) return
      worker.removeEventListener('message', hear)
      if (e.data.error) reject(new Error(e.data.error))
      else resolve(painted(e.data))
    }
    worker.addEventListener('message', hear)
    worker.addEventListener('error', reject, { once: true })
    worker.postMessage({ id, file, lib, wasm })
  })
}

function painted({ width, height, pixels }) {
  const picture = document.createElement('canvas')
  picture.width = width
  picture.height = height
  picture.getContext('2d').putImageData(new ImageData(pixels, width, height), 0, 0)
  return { picture, width, height }
}

function drawn({ picture, width, height }) {
  const scale = Math.min(1, longest / Math.max(width, height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(width * scale))
  canvas.height = Math.max(1, Math.round(height * scale))
  const brush = canvas.getContext('2d')
  brush.fillStyle = '#fff'
  brush.fillRect(0, 0, canvas.width, canvas.height)
  brush.drawImage(picture, 0, 0, canvas.width, canvas.height)
  return canvas
}

const jpeg = canvas => new Promise(resolve => canvas.toBlob(resolve, 'image/jpeg', quality))
