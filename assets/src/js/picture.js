// A picture is drawn by the server as SVG; a PNG is made of it here, at twice its size, for slides and chats.
document.addEventListener('click', e => {
  const link = e.target.closest && e.target.closest('a[data-png]')
  if (!link || e.ctrlKey || e.metaKey) return
  e.preventDefault()
  const image = new Image()
  image.onload = () => {
    const canvas = document.createElement('canvas')
    canvas.width = image.naturalWidth * 2
    canvas.height = image.naturalHeight * 2
    canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height)
    canvas.toBlob(blob => {
      if (!blob) { location.href = link.href; return } // more than a canvas holds: the SVG
      const save = document.createElement('a')
      save.href = URL.createObjectURL(blob)
      save.download = link.dataset.png
      save.click()
      setTimeout(() => URL.revokeObjectURL(save.href), 60000)
    }, 'image/png')
  }
  image.onerror = () => { location.href = link.href }
  image.src = link.href
})
