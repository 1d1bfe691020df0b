import {
  closeGraph,
  copyCommandLine,
  downloadGraph,
  newGraph,
  pickFile,
  save,
  saveCopy,
} from '../../session/session.js'
import { downloadProgram } from '../../session/download-program.js'
import { editor } from '../../document/store.js'
import { setTheme, getTheme } from '../../ui/theme.js'
import type { ThemeChoice } from '../../ui/theme.js'
import { ui } from '../../page/page-store.js'
import { startTour } from '../../page/tour-store.js'
import type { AppCommand } from './app-command.js'

const themes: readonly ThemeChoice[] = ['system', 'light', 'dark']

/** Opening, saving, and the page itself. */
export const graphCommands: readonly AppCommand[] = [
  {
    id: 'commands',
    title: 'Search all commands',
    group: 'Graph',
    icon: 'command',
    shortcuts: ['mod+k', 'mod+shift+p'],
    inFields: true,
    view: 'anywhere',
    run: () => ui.set({ dialog: 'commands' }),
  },
  {
    id: 'photos',
    title: 'Use my photos…',
    keywords: 'folder upload dataset start wizard import',
    group: 'Graph',
    icon: 'folder',
    view: 'anywhere',
    run: () => ui.set({ dialog: 'photos' }),
  },
  {
    id: 'look',
    title: 'Look at my images…',
    keywords: 'advice advisor recommend what should i do scenario folder measure',
    group: 'Graph',
    icon: 'advice',
    view: 'anywhere',
    run: () => ui.set({ dialog: 'look' }),
  },
  { id: 'new', title: 'New empty graph', group: 'Graph', icon: 'add', view: 'anywhere', run: () => newGraph() },
  {
    id: 'open',
    title: 'Open a file…',
    keywords: 'import load',
    group: 'Graph',
    icon: 'open',
    shortcuts: ['mod+o'],
    inFields: true,
    view: 'anywhere',
    run: () => pickFile(),
  },
  {
    id: 'save',
    title: 'Save',
    group: 'Graph',
    icon: 'save',
    shortcuts: ['mod+s'],
    inFields: true,
    run: () => void save(),
  },
  {
    id: 'copy-command',
    title: 'Copy as command line',
    keywords: 'terminal shell cli graft run script',
    group: 'Graph',
    icon: 'command',
    run: () => void copyCommandLine(),
  },
  {
    id: 'json',
    title: 'Show as JSON…',
    keywords: 'source text code edit raw file copy',
    group: 'Graph',
    icon: 'command',
    run: () => ui.set({ dialog: 'json' }),
  },
  {
    id: 'save-copy',
    title: 'Save as a new graph',
    group: 'Graph',
    icon: 'copy',
    shortcuts: ['mod+shift+s'],
    inFields: true,
    run: () => void saveCopy(),
  },
  {
    id: 'versions',
    title: 'Saved versions…',
    group: 'Graph',
    icon: 'history',
    enabled: ({ origin }) => origin !== null,
    run: () => ui.set({ dialog: 'versions' }),
  },
  {
    id: 'download',
    title: 'Download as a file',
    keywords: 'export json share',
    group: 'Graph',
    icon: 'download',
    shortcuts: ['mod+e'],
    run: () => downloadGraph(),
  },
  {
    id: 'download-program',
    title: 'Download as a PyTorch program',
    keywords: 'export python torch code script gpu torchrun',
    group: 'Graph',
    icon: 'download',
    run: () => void downloadProgram({ byLibrary: false }),
  },
  {
    id: 'download-program-by-library',
    title: "Download as a PyTorch program with a library's constructor",
    keywords: 'export python torch torchvision timm code script',
    group: 'Graph',
    icon: 'download',
    run: () => void downloadProgram({ byLibrary: true }),
  },
  { id: 'close', title: 'Back to the start page', group: 'Graph', icon: 'back', run: () => closeGraph() },
  {
    id: 'theme',
    title: 'Switch between light and dark',
    group: 'View',
    icon: 'sun',
    view: 'anywhere',
    run: () => setTheme(themes[(themes.indexOf(getTheme()) + 1) % themes.length] ?? 'system'),
  },
  {
    id: 'tour',
    title: 'Take the tour',
    keywords: 'help introduction tutorial learn how does this work first steps guide',
    group: 'View',
    icon: 'help',
    view: 'anywhere',
    run: () => takeTour(),
  },
  {
    id: 'plugins',
    title: 'Plugins…',
    keywords: 'plugin extension add-on install node types help',
    group: 'View',
    icon: 'help',
    view: 'anywhere',
    run: () => ui.set({ dialog: 'plugins' }),
  },
  {
    id: 'shortcuts',
    title: 'Keyboard shortcuts',
    keywords: 'help keys',
    group: 'View',
    icon: 'keyboard',
    shortcuts: ['?'],
    view: 'anywhere',
    run: () => ui.set({ dialog: 'shortcuts' }),
  },
  {
    id: 'undo',
    title: 'Undo',
    group: 'Edit',
    icon: 'undo',
    shortcuts: ['mod+z'],
    inDocumentFields: true,
    enabled: ({ history }) => history.past.length > 0,
    run: () => editor.undo(),
  },
  {
    id: 'redo',
    title: 'Redo',
    group: 'Edit',
    icon: 'redo',
    shortcuts: ['mod+shift+z', 'mod+y'],
    inDocumentFields: true,
    enabled: ({ history }) => history.future.length > 0,
    run: () => editor.redo(),
  },
]

/** From the start page, which its first step is about. */
function takeTour(): void {
  if (ui.get().view === 'editor') closeGraph()
  startTour()
}
