import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import express from 'express'
import type { Router } from 'express'

const notBuilt = `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Graft</title>
<style>body{font:16px/1.6 system-ui,sans-serif;max-width:42rem;margin:4rem auto;padding:0 1rem;color:#222;background:#fff}code{background:#eee;padding:.1em .3em;border-radius:3px}@media(prefers-color-scheme:dark){body{color:#ddd;background:#1b1b1b}code{background:#333}}</style>
<h1>The server is up; the editor is not built</h1>
<p>Graft's server answers at this address, but the editor's files are not there yet. In the folder of the repository, run</p>
<p><code>npm run build</code></p>
<p>and reload this page. The API works without it: <a href="/api/v1/nodes">/api/v1/nodes</a>, described in <a href="/api/v1/openapi.json">/api/v1/openapi.json</a>.</p></html>
`

/**
 * The built editor: hashed files for ever, the page itself always asked for again. Every other path without an extension
 * is the editor's to show.
 */
export function staticEditor(folder: string): Router {
  const router = express.Router()
  // `sendFile` takes no path from here.
  const directory = resolve(folder)
  const page = join(directory, 'index.html')
  router.use(
    '/assets',
    express.static(join(directory, 'assets'), {
      immutable: true,
      maxAge: '1y',
      index: false,
      redirect: false,
      dotfiles: 'ignore',
    }),
  )
  router.use(express.static(directory, { index: false, maxAge: 0, redirect: false, dotfiles: 'ignore' }))
  router.get('/{*path}', (request, response, next) => {
    if (
      request.path.startsWith('/api/') ||
      /\.[a-z0-9]+$/i.test(request.path) ||
      request.path.split('/').includes('..')
    )
      return next()
    response.set('Cache-Control', 'no-cache')
    if (existsSync(page)) response.sendFile(page)
    else response.status(200).type('html').send(notBuilt)
  })
  return router
}
