// A worker that decodes HEIC photographs for browsers that cannot. It is loaded when the first such photograph is
// chosen; libheif stands beside it as a file of its own, unchanged. Asked {id, file, lib, wasm}, it answers {id, width,
// height, pixels} or {id, error}.
let decoder

function ready(lib, wasm) {
  if (decoder) return decoder
  importScripts(lib)
  decoder = fetch(wasm).then(answer => {
    if (!answer.ok) throw new Error('libheif: ' + answer.status)
    return answer.arrayBuffer()
  }).then(wasmBinary => new Promise((resolve, reject) => {
    const module = { wasmBinary, onAbort: reject, onRuntimeInitialized: () => setTimeout(resolve, 0, module) } // it is called before all is set
    self.libheif(module)
  }))
  return decoder
}

function decode(module, bytes) {
  const images = new module.HeifDecoder().decode(bytes)
  if (!images.length) throw new Error('no image')
  const width = images[0].get_width()
  const height = images[0].get_height()
  const data = new Uint8ClampedArray(width * height * 4)
  return new Promise((resolve, reject) => images[0].display({ data, width, height }, shown => {
    images.forEach(image => image.free())
    if (shown) resolve({ width, height, pixels: shown.data })
    else reject(new Error('not decoded'))
  }))
}

self.onmessage = e => {
  const { id, file, lib, wasm } = e.data
  Promise.resolve().then(() => ready(lib, wasm)).then(module => file.arrayBuffer().then(bytes => decode(module, new Uint8Array(bytes))))
    .then(shown => self.postMessage(Object.assign({ id }, shown), [shown.pixels.buffer]))
    .catch(error => self.postMessage({ id, error: String(error) }))
}
