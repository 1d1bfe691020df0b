import type { ReactElement } from 'react'

/** 16 x 16 strokes, drawn for this product in one weight. One path string each. */
const paths = {
  add: 'M8 3v10M3 8h10',
  alignBottom: 'M2 14h12M4 11V5h3v6M9 11V2h3v9',
  alignLeft: 'M2 2v12M5 4h6v3H5M5 9h9v3H5',
  alignRight: 'M14 2v12M11 4H5v3h6M11 9H2v3h9',
  alignTop: 'M2 2h12M4 5v6h3V5M9 5v9h3V5',
  arrowDown: 'M8 3v10M4 9l4 4 4-4',
  arrowRight: 'M3 8h10M9 4l4 4-4 4',
  back: 'M13 8H3M7 4L3 8l4 4',
  bypass: 'M2 11h2.500a3.500 3.500 0 0 0 7 0H14M5 5h6M9 3l2 2-2 2',
  camera: 'M2 5h2.500L6 3h4l1.500 2H14v8H2zM8 11.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5z',
  chart: 'M2 2v12h12M5 10l3-4 2.500 2.500L14 4',
  check: 'M3 8.500l3.500 3.500L13 4.500',
  chevronDown: 'M4 6l4 4 4-4',
  chevronRight: 'M6 4l4 4-4 4',
  chevronUp: 'M4 10l4-4 4 4',
  clock: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.500V8l2.500 1.500',
  close: 'M4 4l8 8M12 4l-8 8',
  command:
    'M6 6h4v4H6zM6 6H4.500A1.500 1.500 0 1 1 6 4.500zM10 6V4.500A1.500 1.500 0 1 1 11.500 6zM10 10h1.500a1.500 1.500 0 1 1-1.500 1.500zM6 10v1.500A1.500 1.500 0 1 1 4.500 10z',
  compare: 'M5 2v12M11 2v12M2 5l3-3 3 3M8 11l3 3 3-3',
  copy: 'M6 6h8v8H6zM4 10H2V2h8v2',
  cut: 'M5 12.500a1.500 1.500 0 1 1-3 0 1.500 1.500 0 0 1 3 0zM14 12.500a1.500 1.500 0 1 1-3 0 1.500 1.500 0 0 1 3 0zM4.500 11.500L12 2M11.500 11.500L4 2',
  data: 'M2 4c0-1.100 2.700-2 6-2s6 .9 6 2-2.700 2-6 2-6-.9-6-2zM2 4v8c0 1.100 2.700 2 6 2s6-.9 6-2V4M2 8c0 1.100 2.700 2 6 2s6-.9 6-2',
  distribute: 'M2 2v12M14 2v12M6 5h4v6H6z',
  download: 'M8 2v8M4.500 7L8 10.500 11.500 7M2 13.500h12',
  error: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 5v3.500M8 11v.01',
  evaluation: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8 8v.01',
  file: 'M4 2h5l3 3v9H4zM9 2v3h3',
  fit: 'M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4',
  folder: 'M2 4h4l1.500 2H14v7H2z',
  frame: 'M2 2h12v12H2zM2 5.500h12',
  history: 'M2.500 8a5.500 5.500 0 1 0 1.600-3.900L2.500 5.700M2.500 2.500v3.200h3.200M8 5v3l2 1.500',
  help: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM6.200 6.200a1.800 1.800 0 1 1 2.700 1.600c-.6.300-.9.700-.9 1.400M8 11.300v.01',
  info: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 7.500V11M8 5v.01',
  keyboard: 'M1.500 4h13v8h-13zM4 6.500h.01M6.700 6.500h.01M9.300 6.500h.01M12 6.500h.01M4.500 9.500h7',
  layout: 'M2 3h4v4H2zM10 2h4v4h-4zM10 10h4v4h-4zM6 5h2v7h2M8 4.500h2',
  menu: 'M2 4h12M2 8h12M2 12h12',
  model: 'M3 3v10M8 2v12M13 5v6M3 5l5-1.500M3 11l5 1.500M8 4.500l5 2M8 11.500l5-2',
  moon: 'M13 9.500A5.500 5.500 0 0 1 6.500 3a5.500 5.500 0 1 0 6.500 6.500z',
  more: 'M3.500 8h.01M8 8h.01M12.500 8h.01',
  mute: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM3.800 3.800l8.400 8.400',
  note: 'M3 2h10v8l-4 4H3zM9 14v-4h4M5.500 5.500h5M5.500 8H8',
  open: 'M2 13V4h4l1.500 2H13v2M2 13l2-5h11l-2 5z',
  output: 'M9 2h5v12H9M2 8h8M7 5l3 3-3 3',
  paste: 'M6 3H3v11h10V3h-3M6 2h4v3H6z',
  play: 'M4.500 2.800l8.500 5.200-8.500 5.200z',
  redo: 'M10 3l3 3-3 3M13 6H6a4 4 0 0 0 0 8h2',
  reset: 'M3 8a5 5 0 1 0 1.500-3.500L3 6M3 3v3h3',
  save: 'M2 2h9l3 3v9H2zM5 2v4h5V2M5 14v-4h6v4',
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM10.600 10.600L14 14',
  settings:
    'M2 4.500h7M12 4.500h2M2 11.500h2M7 11.500h7M10.500 6a1.500 1.500 0 1 0 0-3 1.500 1.500 0 0 0 0 3zM5.500 13a1.500 1.500 0 1 0 0-3 1.500 1.500 0 0 0 0 3z',
  skip: 'M3 3.500l5 4.500-5 4.500zM8 3.500l5 4.500-5 4.500z',
  stop: 'M4 4h8v8H4z',
  sun: 'M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8 1v1.500M8 13.500V15M1 8h1.500M13.500 8H15M3 3l1.100 1.100M11.900 11.900L13 13M3 13l1.100-1.100M11.900 4.100L13 3',
  system: 'M2 3h12v8H2zM6 14h4M8 11v3',
  training: 'M9 1.500L3.500 9H8l-1 5.500L12.500 7H8z',
  trash: 'M2.500 4h11M6 4V2.500h4V4M4 4l.6 9.500h6.800L12 4M6.700 6.500v4.500M9.300 6.500v4.500',
  undo: 'M6 3L3 6l3 3M3 6h7a4 4 0 0 1 0 8H8',
  upload: 'M8 11V3M4.500 6L8 2.500 11.500 6M2 13.500h12',
  warning: 'M8 2.200L14.500 13.500h-13zM8 6.500v3M8 11.500v.01',
  advice: 'M8 2a4.200 4.200 0 0 1 2.500 7.600V12h-5V9.600A4.200 4.200 0 0 1 8 2zM6 14h4',
  zoomIn: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM10.600 10.600L14 14M7 5v4M5 7h4',
  zoomOut: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM10.600 10.600L14 14M5 7h4',
  panelLeft: 'M2 3h12v10H2zM6 3v10',
  panelRight: 'M2 3h12v10H2zM10 3v10',
  panelBottom: 'M2 3h12v10H2zM2 9h12',
  connect: 'M5 5.500a2 2 0 1 1-2-2 2 2 0 0 1 2 2zM15 10.500a2 2 0 1 1-2-2 2 2 0 0 1 2 2zM5 5.500c4 0 2 5 6 5',
} as const

export type IconName = keyof typeof paths

export interface IconProps {
  readonly name: IconName
  readonly size?: number
  /** Says what it means to screen readers; absent: it only decorates text beside it. */
  readonly label?: string
}

export function Icon({ name, size = 16, label }: IconProps): ReactElement {
  return (
    <svg
      className="icon"
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.4}
      strokeLinecap="round"
      strokeLinejoin="round"
      {...(label === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label })}
    >
      <path d={paths[name]} />
    </svg>
  )
}
