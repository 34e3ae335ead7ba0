import { type ReactNode, useRef, useState } from 'react';
import { Icon } from './icon.tsx';

/**
 * A menu behind three dots. Its buttons are rendered when it opens. It closes on a choice (except of a button with `data-stays`), on
 * Escape, and when it loses the focus.
 */
export const Menu = ({ label, children }: { label: string; children: ReactNode }) => {
  const ref = useRef<HTMLDetailsElement>(null);
  const [isOpen, setOpen] = useState(false);
  const close = () => {
    if (ref.current) ref.current.open = false;
  };
  return (
    <details
      ref={ref}
      className="menu"
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
      onBlur={({ relatedTarget }) => !ref.current?.contains(relatedTarget) && close()}
      onKeyDown={({ key }) => {
        if (key !== 'Escape') return;
        close();
        ref.current?.querySelector('summary')?.focus();
      }}
    >
      <summary aria-label={label} title={label}>
        <Icon name="more" />
      </summary>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: a click that a button in it has heard already */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: as above */}
      <div
        className="menu-items"
        onClick={({ target }) => target instanceof HTMLButtonElement && !('stays' in target.dataset) && close()}
      >
        {isOpen && children}
      </div>
    </details>
  );
};
