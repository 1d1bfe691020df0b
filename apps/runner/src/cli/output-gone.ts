type Listener = () => void

const listeners = new Set<Listener>()
let hangsUp = false
let error: NodeJS.ErrnoException | null = null

/**
 * Watches what the command prints to. A reader that has had enough (`graft runs | head -1`) and a terminal that was
 * closed end the command without a word; anything else, such as a full disk behind `>`, with its reason and the exit
 * code 1. Where work is under way (`onOutputGone`), that is stopped first, so that it ends as it should.
 */
export function watchOutput(): void {
  process.stdout.on('error', (failure: NodeJS.ErrnoException) => {
    // Every later write fails as well.
    if (error !== null) return
    error = failure
    if (failure.code === 'EIO') endByHangUp()
    if (isReaderGone(failure)) process.exitCode = 0
    else tellWhy(failure)
    if (listeners.size === 0) process.exit()
    for (const listener of listeners) listener()
  })
  // There is nowhere left to say so.
  process.stderr.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (code === 'EIO') endByHangUp()
  })
}

/** Calls `listener` once when nothing can be printed any more, instead of ending the process. Gives what stops that. */
export function onOutputGone(listener: Listener): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/** The exit code to end with after the output has failed; null when it hasn't. */
export function exitCodeOfOutput(): number | null {
  return error === null || isReaderGone(error) ? null : 1
}

/**
 * Node gives terminals back as they were when it ends, and aborts where that fails because the terminal is gone. So this
 * process ends like any other whose terminal was closed.
 */
function endByHangUp(): void {
  if (process.platform === 'win32' || hangsUp) return
  hangsUp = true
  process.on('exit', () => {
    process.removeAllListeners('SIGHUP')
    process.kill(process.pid, 'SIGHUP')
  })
}

function isReaderGone({ code }: NodeJS.ErrnoException): boolean {
  return code === 'EPIPE' || code === 'EIO'
}

function tellWhy({ message }: Error): void {
  process.exitCode = 1
  process.stderr.write(
    `What the command prints can't be written: ${message}. Check that the disk of the file it goes to is not full.\n`,
  )
}
