import { useEffect } from 'react'
import { pasteText, copyText, removeSelected } from './lists/edit-commands.js'
import { isEnabled } from './lists/app-command.js'
import type { AppCommand } from './lists/app-command.js'
import { commands, runCommand } from './commands.js'
import { holdKey } from './keys/held-keys.js'
import { isMacHere, matches } from './keys/shortcuts.js'
import { editor } from '../document/store.js'
import { isAsking } from '../page/is-asking.js'
import { ui } from '../page/page-store.js'

/** Keys, clipboard and the Tab key of the whole page. Used once. */
export function useKeys(): void {
  useEffect(() => {
    const isMac = isMacHere()
    let withShift = false
    let lastPointer: Element | null = null
    const onKeyDown = (event: KeyboardEvent): void => {
      withShift = event.shiftKey
      const byPointer = lastPointer
      lastPointer = null
      if (event.defaultPrevented || event.isComposing || isAsking()) return
      if (holdKey(event)) {
        event.preventDefault()
        return event.stopPropagation()
      }
      // Only straight after a click on the canvas: otherwise Tab has to lead on, or keyboard users would be caught.
      if (event.key === 'Tab' && !event.shiftKey && isOnPane(byPointer) && runCommand('add'))
        return event.preventDefault()
      const typing = isTyping(event.target)
      const isMeant = (candidate: AppCommand): boolean =>
        candidate.byBrowser !== true &&
        (!typing ||
          candidate.inFields === true ||
          (candidate.inDocumentFields === true && isDocumentField(event.target))) &&
        candidate.shortcuts?.some((shortcut) => matches(event, shortcut, isMac) && !isTaken(event, shortcut)) === true
      const meant = commands.filter(isMeant)
      const command = meant.find((candidate) => isEnabled(candidate, editor.get(), ui.get()))
      // The browser's own undo would put text back into fields, whichever has the focus.
      if (command !== undefined || meant.some(({ inDocumentFields }) => inDocumentFields === true))
        event.preventDefault()
      if (command === undefined) return
      event.stopPropagation()
      if (typing && command.inDocumentFields === true) runBesideField(command, event.target as HTMLElement)
      else command.run()
    }
    const onPointerDown = (event: PointerEvent): void =>
      void (lastPointer = event.target instanceof Element ? event.target : null)
    const onCopy = (event: ClipboardEvent, cut: boolean): void => {
      if (
        ui.get().view !== 'editor' ||
        isAsking() ||
        isTyping(event.target) ||
        (getSelection()?.toString() ?? '') !== ''
      )
        return
      const text = copyText()
      if (text === null) return
      event.clipboardData?.setData('text/plain', text)
      event.preventDefault()
      if (cut) removeSelected()
    }
    const copy = (event: ClipboardEvent): void => onCopy(event, false)
    const cut = (event: ClipboardEvent): void => onCopy(event, true)
    const paste = (event: ClipboardEvent): void => {
      if (ui.get().view !== 'editor' || isAsking() || isTyping(event.target)) return
      if (pasteText(event.clipboardData?.getData('text/plain') ?? '', withShift)) event.preventDefault()
    }
    // Before React Flow sees the key: it would move nodes by its own steps.
    addEventListener('keydown', onKeyDown, true)
    addEventListener('pointerdown', onPointerDown, true)
    document.addEventListener('copy', copy)
    document.addEventListener('cut', cut)
    document.addEventListener('paste', paste)
    return () => {
      removeEventListener('keydown', onKeyDown, true)
      removeEventListener('pointerdown', onPointerDown, true)
      document.removeEventListener('copy', copy)
      document.removeEventListener('cut', cut)
      document.removeEventListener('paste', paste)
    }
  }, [])
}

const isOnPane = (element: Element | null): boolean => element !== null && element.closest('.react-flow__pane') !== null

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement)
    return true
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'range', 'color'].includes(target.type)
}

/** A field that shows a part of the document as it is typed. */
const isDocumentField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('#inspector, .graph-name') !== null

/**
 * A field keeps what is being typed until it is left, so it is left for the moment; what it shows then is the
 * document's.
 */
function runBesideField(command: AppCommand, field: HTMLElement): void {
  field.blur()
  command.run()
  setTimeout(() => field.isConnected && field.focus({ preventScroll: true }), 0)
}

/**
 * Keys that the focused control needs itself: Enter and arrows on buttons, tabs, sliders; letters outside of the canvas
 * do nothing there.
 */
function isTaken(event: KeyboardEvent, shortcut: string): boolean {
  const target = event.target
  if (
    !(target instanceof HTMLElement) ||
    target === document.body ||
    shortcut.includes('mod+') ||
    shortcut.includes('alt+')
  )
    return false
  const isOnCanvas = target.closest('#canvas') !== null && target.closest('button, input, a') === null
  if (isOnCanvas) return false
  return /^(shift\+)?(enter|arrow\w+|home|end| |delete|backspace|escape|[a-z0-9.[\]/+=-])$/.test(shortcut)
}
