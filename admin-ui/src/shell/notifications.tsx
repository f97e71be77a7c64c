/** What just happened, above the page: a list that anything may add to. */
import Flashbar from '@cloudscape-design/components/flashbar';
import { useSyncExternalStore, type ReactElement, type ReactNode } from 'react';

interface Notice {
  readonly id: string;
  readonly type: 'success' | 'error' | 'info' | 'warning';
  readonly content: ReactNode;
}

let notices: readonly Notice[] = [];
let count = 0;
const listeners = new Set<() => void>();

/** Shows a notice until it is dismissed, or until three newer ones are there. */
export function notify(type: Notice['type'], content: ReactNode): void {
  count += 1;
  set([{ id: `notice-${count}`, type, content }, ...notices].slice(0, 3));
}

export function dismissAll(): void {
  if (notices.length > 0) set([]);
}

export function Notifications({ banner }: { readonly banner: readonly { readonly id: string; readonly content: ReactNode }[] }): ReactElement {
  const shown = useSyncExternalStore(subscribe, () => notices);
  return (
    <Flashbar
      items={[
        ...shown.map((notice) => ({
          ...notice,
          dismissible: true,
          dismissLabel: 'Dismiss',
          statusIconAriaLabel: notice.type,
          onDismiss: () => set(notices.filter(({ id }) => id !== notice.id)),
        })),
        ...banner.map(({ id, content }) => ({ id, content, type: 'warning' as const, statusIconAriaLabel: 'warning' })),
      ]}
    />
  );
}

function set(next: readonly Notice[]): void {
  notices = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
