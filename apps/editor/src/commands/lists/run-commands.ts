import { editor } from '../../document/store.js'
import { cancelRun, runs, startAfterThis, startRun } from '../../run/run-store.js'
import { ui } from '../../page/page-store.js'
import type { AppCommand } from './app-command.js'

const isActive = (): boolean => ['queued', 'running'].includes(runs.get().state?.status ?? '')

function run(options: { readonly to?: string; readonly ignoreCache?: boolean } = {}): void {
  ui.set({ drawer: 'run' })
  void startRun(options)
}

/** Running the graph. */
export const runCommands: readonly AppCommand[] = [
  {
    id: 'run',
    title: 'Run',
    keywords: 'train start execute play',
    group: 'Run',
    icon: 'play',
    shortcuts: ['mod+enter'],
    inFields: true,
    enabled: () => !isActive(),
    run: () => run(),
  },
  {
    id: 'run-to-here',
    title: 'Run to here',
    group: 'Run',
    icon: 'skip',
    shortcuts: ['mod+shift+enter'],
    enabled: ({ selection }) => selection.nodes.length === 1 && !isActive(),
    run: (): void => {
      const [to] = editor.get().selection.nodes
      if (to !== undefined) run({ to })
    },
  },
  {
    id: 'run-fresh',
    title: 'Run everything again',
    keywords: 'train without cache fresh',
    group: 'Run',
    icon: 'reset',
    enabled: () => !isActive(),
    run: () => run({ ignoreCache: true }),
  },
  {
    id: 'run-after',
    title: 'Run again after this run',
    keywords: 'queue second next',
    group: 'Run',
    icon: 'play',
    enabled: isActive,
    run: () => void startAfterThis(),
  },
  {
    id: 'cancel-run',
    title: 'Cancel the run',
    keywords: 'stop abort',
    group: 'Run',
    icon: 'stop',
    shortcuts: ['mod+.'],
    inFields: true,
    enabled: isActive,
    run: () => void cancelRun(),
  },
]
