import { fileURLToPath } from 'node:url'

/** Files that stand beside a generated program while the engine runs it. */
export type EnginePart = 'channel.py' | 'drive.py' | 'forward.py' | 'kept_features.py' | 'measure.py' | 'ready.py'

const folder = new URL('../../programs/pytorch-engine/', import.meta.url)

/** Where such a file is. */
export const enginePart = (name: EnginePart): string => fileURLToPath(new URL(name, folder))

/** Where the files of programs are that such files use. */
export const programParts = fileURLToPath(new URL('../../programs/pytorch/', import.meta.url))
