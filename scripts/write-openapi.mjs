// Writes docs/openapi.json from the schemas of the API (needs a build). With --check: fails when the file is not what
// it would write.
import { readFileSync, writeFileSync } from 'node:fs'
import { openApiDocument } from '../apps/runner/dist/server/http/openapi.js'

const path = new URL('../docs/openapi.json', import.meta.url)
const text = `${JSON.stringify(openApiDocument(), null, 1)}\n`

if (process.argv.includes('--check')) {
  let current = ''
  try {
    current = readFileSync(path, 'utf8')
  } catch {
    /* missing counts as stale */
  }
  if (current !== text) {
    console.error(
      'docs/openapi.json is not what the schemas say. Run `node scripts/write-openapi.mjs` and commit the result.',
    )
    process.exit(1)
  }
} else {
  writeFileSync(path, text)
  console.log(`docs/openapi.json: ${Object.keys(openApiDocument().paths).length} paths`)
}
