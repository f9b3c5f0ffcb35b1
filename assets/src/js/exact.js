// Exact numbers for formulas: fractions of two BigInts, as the server counts.
const big = window.BigInt
const zero = big && big(0)
export const exact = !!big

const gcd = (a, b) => { while (b !== zero) [a, b] = [b, a % b]; return a < zero ? -a : a }

function make(n, d) {
  if (d < zero) { n = -n; d = -d }
  const g = gcd(n, d)
  return g > big(1) ? { n: n / g, d: d / g } : { n, d }
}

const ten = digits => big('1' + '0'.repeat(digits))

// "1,234.50", "１２", "12.5%" → a fraction; null when it is no number
export function number(text) {
  const s = narrow(String(text)).replace(/[\s,¥￥元%]/g, '')
  const m = /^([-+]?)(\d{1,15})(?:\.(\d*))?$/.exec(s)
  if (!m) return null
  const digits = (m[3] || '')
  const n = big(m[2] + digits)
  return make(m[1] === '-' ? -n : n, ten(digits.length))
}

export const narrow = s => s.replace(/[！-～]/g, c => String.fromCharCode(c.charCodeAt(0) - 0xfee0)).replace(/　/g, ' ')
export const whole = n => make(big(n), big(1))
export const none = () => make(zero, big(1))
export const add = (a, b) => make(a.n * b.d + b.n * a.d, a.d * b.d)
export const sub = (a, b) => make(a.n * b.d - b.n * a.d, a.d * b.d)
export const mul = (a, b) => make(a.n * b.n, a.d * b.d)
export const div = (a, b) => (b.n === zero ? null : make(a.n * b.d, a.d * b.n))
export const cmp = (a, b) => { const x = a.n * b.d - b.n * a.d; return x > zero ? 1 : x < zero ? -1 : 0 }

// rounded to some decimals, half away from zero, as people round money
export function rounded(a, decimals) {
  const up = (a.n < zero ? -a.n : a.n) * ten(decimals)
  let q = up / a.d
  if ((up % a.d) * big(2) >= a.d) q += big(1)
  const digits = q.toString().padStart(decimals + 1, '0')
  const text = decimals ? digits.slice(0, -decimals) + '.' + digits.slice(-decimals) : digits
  return a.n < zero && q !== zero ? '-' + text : text
}
