import { afterEach, describe, expect, test, vi } from 'vitest'
import { addressOf, ApiError, call } from './client.js'

const answer = (status: number, body: unknown): Response =>
  new Response(body === undefined ? null : JSON.stringify(body), { status })
const answerWith = (respond: () => Promise<Response>): ReturnType<typeof vi.fn> => {
  const fake = vi.fn(respond)
  vi.stubGlobal('fetch', fake)
  return fake
}
const refusal = async (attempt: Promise<unknown>): Promise<ApiError> =>
  attempt.then(
    () => expect.fail('was not refused'),
    (error: unknown) => error as ApiError,
  )

afterEach(() => vi.unstubAllGlobals())

describe('a call', () => {
  test('fills in path and query', () => {
    expect(addressOf('getGraph', { params: { id: 'a b' } })).toBe('/api/v1/graphs/a%20b')
    expect(addressOf('browseData', { query: { path: '/photos & more' } })).toBe(
      '/api/v1/data/browse?path=%2Fphotos+%26+more',
    )
  })

  test('keeps fields of a document that this version does not know', async () => {
    answerWith(async () =>
      answer(200, {
        document: { format: 'graft-graph', version: 1, name: 'G', future: { kept: true }, nodes: {}, edges: [] },
      }),
    )
    const { document } = await call('getTemplate', { params: { id: 'x' } })
    expect(document).toMatchObject({ name: 'G', future: { kept: true }, layout: { positions: {} } })
  })

  test('sends the body as JSON', async () => {
    const fake = answerWith(async () => answer(201, { id: 'g1', version: 1 }))
    await call('createGraph', { body: { document: { name: 'G' } } })
    expect(fake.mock.calls[0]).toMatchObject(['/api/v1/graphs', { method: 'POST', body: '{"document":{"name":"G"}}' }])
  })

  test('turns a refusal into an error with the runner’s own words', async () => {
    answerWith(async () =>
      answer(409, {
        type: 'about:blank',
        title: 'Conflict',
        status: 409,
        code: 'version-conflict',
        detail: 'Someone saved version 4.',
      }),
    )
    const error = await refusal(call('saveGraph', { params: { id: 'g' }, body: { document: {}, baseVersion: 3 } }))
    expect(error).toBeInstanceOf(ApiError)
    expect([error.message, error.details?.code, error.status]).toEqual([
      'Someone saved version 4.',
      'version-conflict',
      409,
    ])
  })

  test('explains a refusal that says nothing, an answer of another version, and a runner that is gone', async () => {
    answerWith(async () => new Response('<html>', { status: 502, statusText: 'Bad Gateway' }))
    expect((await refusal(call('getQueue'))).message).toContain('502 (Bad Gateway)')
    answerWith(async () => answer(200, { running: 'yes' }))
    expect(await refusal(call('getQueue'))).toMatchObject({ kind: 'unreadable' })
    answerWith(() => Promise.reject(new TypeError('Failed to fetch')))
    expect(await refusal(call('getQueue'))).toMatchObject({ kind: 'offline' })
  })

  test('passes on that it was given up', async () => {
    answerWith(() => Promise.reject(new DOMException('gone', 'AbortError')))
    await expect(call('getQueue')).rejects.toMatchObject({ name: 'AbortError' })
  })
})
