const svgNamespace = 'http://www.w3.org/2000/svg'

/** The wires of a drag, drawn over the canvas while they move. */
export interface MovingWires {
  /** Draws a wire along this path, in place of the one that React rendered. */
  readonly draw: (key: string, wire: Element, path: string) => void
  /** Shows the wires that React rendered. */
  readonly clear: () => void
}

/**
 * A sheet of its own for the browser: what lies below is not painted again when a wire on it changes. Among the other
 * wires each change would be painted with all the cards and wires that its curve passes, which takes most of a frame.
 */
export function createMovingWires(root: () => ParentNode | null): MovingWires {
  const lines = new Map<string, SVGPathElement>()
  const hidden = new Set<HTMLElement | SVGElement>()
  let sheet: SVGElement | null = null
  return {
    draw: (key, wire, path) => {
      const known = lines.get(key)
      if (known !== undefined) {
        known.setAttribute('d', path)
        return
      }
      sheet ??= addSheet(root())
      if (sheet === null) return
      const line = copyOf(wire)
      line.setAttribute('d', path)
      lines.set(key, line)
      const style = wire.getAttribute('class') ?? ''
      sheet.append(withClass(document.createElementNS(svgNamespace, 'g'), style, line))
      const drawn = wire as SVGElement
      drawn.style.visibility = 'hidden'
      hidden.add(drawn)
    },
    clear: () => {
      for (const wire of hidden) wire.style.removeProperty('visibility')
      hidden.clear()
      lines.clear()
      sheet?.remove()
      sheet = null
    },
  }
}

function addSheet(root: ParentNode | null): SVGElement | null {
  const viewport = root?.querySelector('.react-flow__viewport')
  if (viewport === null || viewport === undefined) return null
  const sheet = withClass(document.createElementNS(svgNamespace, 'svg'), 'moving-wires')
  sheet.setAttribute('aria-hidden', 'true')
  viewport.append(sheet)
  return sheet
}

function copyOf(wire: Element): SVGPathElement {
  const line = document.createElementNS(svgNamespace, 'path')
  return withClass(line, wire.querySelector('.react-flow__edge-path')?.getAttribute('class') ?? '')
}

function withClass<E extends Element>(element: E, style: string, ...children: readonly Element[]): E {
  element.setAttribute('class', style)
  element.append(...children)
  return element
}
