import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

it('onnxruntime is loaded with its reports to its makers switched off: no file of theirs is left anywhere', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'graft-telemetry-'))
  const program = `
    const { loadRuntime } = await import(process.argv[1])
    const { runtime } = await loadRuntime()
    await runtime.InferenceSession.create(new Uint8Array([1])).catch(() => undefined)`
  const { ORT_DISABLE_TELEMETRY: _, ...environment } = process.env
  await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', program, fileURLToPath(new URL('../../dist/onnx/runtime.js', import.meta.url))],
    { cwd: folder, env: { ...environment, TMPDIR: folder, HOME: folder } },
  )
  expect(readdirSync(folder)).toEqual([])
})
