import { describe, expect, it } from 'vitest'
import { proxyFor } from './proxies.js'
import { followRedirect, isInside } from './redirects.js'
import { pauseOf } from './retry.js'

describe('a redirect', () => {
  const from = new URL('https://hub.example/a/b')
  it.each([
    ['c?sig=1', 'https://hub.example/a/c?sig=1'],
    ['//cdn.example/x', 'https://cdn.example/x'],
  ])('to %s is followed', (location, to) => expect(followRedirect(from, location, 0).href).toBe(to))

  it.each([
    'http://hub.example/x',
    'https://127.0.0.1/x',
    'https://[::1]/',
    'https://169.254.169.254/latest',
    'file:///etc/passwd',
  ])('from a public server to %s is refused', (location) =>
    expect(() => followRedirect(from, location, 0)).toThrow(/leads elsewhere/),
  )
})

it('hosts of this machine and of private networks are told from public ones', () => {
  for (const host of [
    'localhost',
    '127.1.2.3',
    '10.0.0.1',
    '192.168.1.1',
    '172.20.0.1',
    '[::1]',
    '[fd00::1]',
    '0.0.0.0',
  ])
    expect(isInside(host), host).toBe(true)
  for (const host of ['example.org', '8.8.8.8', '172.32.0.1', '[2001:db8::1]']) expect(isInside(host), host).toBe(false)
})

it('Retry-After is read as seconds or as a date', () => {
  expect(pauseOf('12', 0)).toBe(12_000)
  expect(pauseOf('Thu, 01 Jan 1970 00:00:05 GMT', 2000)).toBe(3000)
  expect(pauseOf('soon', 0)).toBe(null)
})

it('the proxy of an address is the one that the environment names for it', () => {
  const environment = {
    HTTPS_PROXY: 'proxy.example:3128',
    http_proxy: 'http://plain.example',
    NO_PROXY: '.intern,10.0.0.1:8080',
  }
  const proxy = (address: string): string | null => proxyFor(new URL(address), environment)
  expect(proxy('https://hub.example/x')).toBe('http://proxy.example:3128')
  expect(proxy('http://hub.example/x')).toBe('http://plain.example')
  expect(proxy('https://a.intern/x')).toBe(null)
  expect(proxy('http://10.0.0.1:8080/')).toBe(null)
  expect(proxy('http://10.0.0.1/')).toBe('http://plain.example')
  expect(proxyFor(new URL('https://a.b'), { NO_PROXY: '*', HTTPS_PROXY: 'x' })).toBe(null)
  expect(proxyFor(new URL('https://a.b'), {})).toBe(null)
})
