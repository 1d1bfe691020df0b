/**
 * Takes from Node the signal with which anybody who may send one opens a port that runs whatever it is told. Called in
 * every process of Graft, first of all. Node's own switch for this (`--disable-sigusr1`) came with version 22.14.
 */
export function refuseDebugger(): void {
  // Windows has no such signal, and no other process can open the port there in this way.
  if (process.platform !== 'win32') process.on('SIGUSR1', () => undefined)
}
