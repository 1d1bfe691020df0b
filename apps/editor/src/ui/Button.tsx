import type { ButtonHTMLAttributes, ReactElement, Ref } from 'react'
import { Icon } from './Icon.js'
import type { IconName } from './Icon.js'
import './button.css'

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly variant?: 'primary' | 'secondary' | 'ghost' | 'danger'
  readonly size?: 's' | 'm' | 'l'
  readonly icon?: IconName
  readonly ref?: Ref<HTMLButtonElement>
}

/** A button with text, and an icon before it if wanted. */
export function Button({
  variant = 'secondary',
  size = 'm',
  icon,
  className = '',
  children,
  ...rest
}: ButtonProps): ReactElement {
  return (
    <button type="button" className={`button button-${variant} button-${size} ${className}`} {...rest}>
      {icon !== undefined && <Icon name={icon} size={size === 's' ? 14 : 16} />}
      {children}
    </button>
  )
}

export interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'children'> {
  readonly icon: IconName
  /** What it does: the accessible name and the tooltip. */
  readonly label: string
  readonly shortcut?: string
  readonly size?: 's' | 'm'
  readonly pressed?: boolean
  readonly ref?: Ref<HTMLButtonElement>
}

/** A button that shows an icon only; its label is there for tooltips and screen readers. */
export function IconButton({
  icon,
  label,
  shortcut,
  size = 'm',
  pressed,
  className = '',
  ...rest
}: IconButtonProps): ReactElement {
  return (
    <button
      type="button"
      className={`icon-button icon-button-${size} ${className}`}
      aria-label={label}
      title={shortcut === undefined ? label : `${label} (${shortcut})`}
      {...(pressed !== undefined && { 'aria-pressed': pressed })}
      {...rest}
    >
      <Icon name={icon} size={size === 's' ? 14 : 16} />
    </button>
  )
}
