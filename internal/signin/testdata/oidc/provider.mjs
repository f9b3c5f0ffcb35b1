// An OpenID provider for tests: accounts by name, consent given, sign-in by one field. Prints its address.
import { createRequire } from 'node:module'
import { createServer } from 'node:http'
import { pathToFileURL } from 'node:url'
const [, , modules, ...redirects] = process.argv
const require = createRequire(modules + '/package.json')
const { default: Provider } = await import(pathToFileURL(require.resolve('oidc-provider')))
const numbers = { chen: '2002', luo: 'nobody', gone: '2009' }
const server = createServer()
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`
  const provider = new Provider(issuer, {
    clients: [{ client_id: 'neike', client_secret: 'a secret of the test', redirect_uris: redirects, post_logout_redirect_uris: redirects.map(r => new URL('/signin', r).href), response_types: ['code'], grant_types: ['authorization_code'] }],
    pkce: { required: () => true },
    claims: { openid: ['sub'], profile: ['name', 'employee_no'] },
    conformIdTokenClaims: false,
    findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id, name: '陈思远', employee_no: numbers[id] }) }),
    cookies: { keys: ['test'] },
  })
  server.on('request', provider.callback())
  process.stdout.write(issuer + '\n')
})
