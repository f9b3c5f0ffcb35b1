// A chart of hops that is wider than its card opens at the present moment, not
// at its beginning.
function show(root) {
  root.querySelectorAll('.nk-hops line.now').forEach(now => {
    const svg = now.ownerSVGElement, card = svg.parentElement
    if (card.scrollWidth <= card.clientWidth || card.scrollLeft) return
    card.scrollLeft = now.getBoundingClientRect().left - svg.getBoundingClientRect().left - card.clientWidth * 0.7
  })
}

show(document)
addEventListener('load', () => show(document)) // the stylesheet may come after the script
