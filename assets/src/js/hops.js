// A chart that is wider than its card shows the present first.
document.querySelectorAll('.nk-hops .now').forEach(line => {
  const box = line.closest('.nk-scroll')
  const over = line.getBoundingClientRect().left - box.getBoundingClientRect().left - box.clientWidth * 0.6
  if (over > 0) box.scrollLeft = over
})
