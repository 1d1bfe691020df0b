/**
 * A key press as text: `mod+shift+z`. `mod` is Command on a Mac, Control elsewhere. Keys are named as
 * `KeyboardEvent.key` names them, in lower case.
 */
export type Shortcut = string

export type KeyPress = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>

interface Parsed {
  readonly mod: boolean
  readonly shift: boolean
  readonly alt: boolean
  readonly key: string
}

function parse(shortcut: Shortcut): Parsed {
  const parts = shortcut.split('+')
  // The plus key itself is written `mod++`.
  const key = shortcut.endsWith('++') || shortcut === '+' ? '+' : (parts.at(-1) ?? '')
  return { mod: parts.includes('mod'), shift: parts.includes('shift'), alt: parts.includes('alt'), key }
}

/**
 * Whether a key press is this shortcut. Shift is not asked for with signs such as `?`, which need it on some keyboards
 * only.
 */
export function matches(event: KeyPress, shortcut: Shortcut, isMac: boolean): boolean {
  const { mod, shift, alt, key } = parse(shortcut)
  const isMod = isMac ? event.metaKey : event.ctrlKey
  const isOther = isMac ? event.ctrlKey : event.metaKey
  const isSign = key.length === 1 && !/[a-z0-9]/.test(key)
  return (
    event.key.toLowerCase() === key &&
    isMod === mod &&
    !isOther &&
    event.altKey === alt &&
    (isSign || event.shiftKey === shift)
  )
}

const names: Readonly<Record<string, string>> = {
  arrowup: '↑',
  arrowdown: '↓',
  arrowleft: '←',
  arrowright: '→',
  escape: 'Esc',
  delete: 'Del',
  enter: 'Enter',
  tab: 'Tab',
  ' ': 'Space',
  backspace: 'Backspace',
}

/** A shortcut's keys for people: `['Ctrl', 'Shift', 'Z']`, on a Mac `['⌘', '⇧', 'Z']`. */
export function keysOf(shortcut: Shortcut, isMac: boolean): readonly string[] {
  const { mod, shift, alt, key } = parse(shortcut)
  return [
    ...(mod ? [isMac ? '⌘' : 'Ctrl'] : []),
    ...(alt ? [isMac ? '⌥' : 'Alt'] : []),
    ...(shift ? [isMac ? '⇧' : 'Shift'] : []),
    names[key] ?? key.toUpperCase(),
  ]
}

export const isMacHere = (): boolean => typeof navigator !== 'undefined' && /mac|iphone|ipad/i.test(navigator.platform)

/** `Ctrl+Shift+Z`, for tooltips. */
export const shortcutText = (shortcut: Shortcut | undefined): string =>
  shortcut === undefined ? '' : keysOf(shortcut, isMacHere()).join(isMacHere() ? '' : '+')
