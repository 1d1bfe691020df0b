import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { textOf } from '@graft/errors'
import type { Response } from 'express'
import { HttpProblem } from '../http/http-problem.js'

export interface WantedFile {
  readonly path: string
  readonly bytes: number
}

/**
 * Sends files one after the other. `resolve` confines their paths. Every file has the length that was asked for: one
 * that has changed breaks the answer off, so that nobody takes it for the one that was listed.
 */
export async function sendFiles(
  files: readonly WantedFile[],
  resolve: (path: string) => string,
  response: Response,
): Promise<void> {
  const paths: WantedFile[] = []
  for (const { path, bytes } of files) {
    const real = confined(path, resolve)
    const facts = await stat(real).catch(() => null)
    if (!facts?.isFile() || facts.size !== bytes)
      throw new HttpProblem(
        409,
        'file-changed',
        `The file ${path.slice(-200)} is not what it was when the run began. Wait until nothing changes it, then run again.`,
      )
    paths.push({ path: real, bytes })
  }
  response.status(200).set('Content-Type', 'application/octet-stream')
  response.set('Content-Length', String(paths.reduce((sum, { bytes }) => sum + bytes, 0)))
  for (const { path, bytes } of paths) await sendOne(path, bytes, response)
  response.end()
}

function confined(path: string, resolve: (path: string) => string): string {
  try {
    return resolve(path)
  } catch (error) {
    throw new HttpProblem(403, 'outside-data-roots', textOf(error))
  }
}

async function sendOne(path: string, bytes: number, response: Response): Promise<void> {
  if (bytes === 0) return
  let sent = 0
  for await (const part of createReadStream(path, { end: bytes - 1, highWaterMark: 1 << 18 })) {
    sent += (part as Buffer).byteLength
    if (response.destroyed) return
    if (!response.write(part as Buffer)) await drained(response)
  }
  if (sent !== bytes) throw new Error('A file was cut short while it was sent.')
}

function drained(response: Response): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done)
      response.off('close', done)
      resolve()
    }
    response.on('drain', done)
    response.on('close', done)
  })
}
