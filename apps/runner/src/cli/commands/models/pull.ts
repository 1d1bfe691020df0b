import { pullModel } from '@graft/nodes'
import { findHome } from '../../../home.js'
import { formatBytes } from '../../../text/format-values.js'
import { CliError } from '../../cli-error.js'
import { onInterrupt } from '../../on-interrupt.js'
import { print } from './print.js'
import { progressLine } from './progress-line.js'

interface PullFlags {
  readonly json?: boolean
  /** `--no-cache` */
  readonly cache: boolean
}

/** Fetches a network by its name or address; the terminal shows how far it is. */
export async function pull(name: string, { json = false, cache }: PullFlags): Promise<void> {
  const interrupts = onInterrupt(() => undefined)
  const line = progressLine(json)
  try {
    const { label, licence, sha256, ...model } = await pullModel(name, {
      cacheDirectory: findHome().derived,
      signal: interrupts.cancel,
      readAgain: !cache,
      onProgress: line.show,
      note: (message) => line.say(message),
      say: (message) => line.say(message),
    })
    line.clear()
    const files = model.fetched()
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
    print(
      json
        ? [JSON.stringify({ name, label, sha256, bytes, licence, files }, null, 2)]
        : [
            `${label} is here: ${files.length === 1 ? '1 file' : `${files.length} files`}, ${formatBytes(bytes)}${licence === null ? '' : `, ${licence}`}.`,
            `Use it with --set backbone.source=${name}; to pin these very bytes, --set backbone.sha256=${sha256}`,
          ],
    )
  } catch (error) {
    if (!interrupts.cancel.aborted) throw error
    throw new CliError(
      [
        {
          code: 'stopped',
          severity: 'error',
          message: `Fetching ${name} was stopped.`,
          fix: 'What came is kept: the next pull goes on from there.',
        },
      ],
      1,
    )
  } finally {
    line.clear()
    interrupts.dispose()
  }
}
