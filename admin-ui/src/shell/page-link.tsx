/** A link to another page of the console. */
import Link from '@cloudscape-design/components/link';
import type { ReactElement, ReactNode } from 'react';
import { useFollow } from './follow.js';

export function PageLink({ to, children, label }: { readonly to: string; readonly children: ReactNode; readonly label?: string }): ReactElement {
  const follow = useFollow();
  return (
    <Link href={to} onFollow={follow} ariaLabel={label}>
      {children}
    </Link>
  );
}
