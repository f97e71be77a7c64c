/** Cloudscape's links go where the router goes: without loading the page anew. */
import { useCallback } from 'react';
import { useNavigate } from 'react-router';

interface FollowEvent {
  readonly preventDefault: () => void;
  readonly detail: { readonly href?: string; readonly external?: boolean };
}

/** For `onFollow` and the like. A click that opens another tab never arrives here. */
export function useFollow(): (event: FollowEvent) => void {
  const navigate = useNavigate();
  return useCallback(
    (event) => {
      const { href, external } = event.detail;
      if (href === undefined || !href.startsWith('/') || external === true) return;
      event.preventDefault();
      void navigate(href);
    },
    [navigate],
  );
}
