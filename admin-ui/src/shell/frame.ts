/** What a page tells the frame around it: the way to it, and the help beside it. */
import { createContext, useContext, type ReactNode } from 'react';

export interface Crumb {
  readonly text: string;
  readonly href: string;
}

export interface Frame {
  readonly setCrumbs: (crumbs: readonly Crumb[]) => void;
  readonly setHelp: (help: ReactNode) => void;
  readonly setHelpOpen: (open: boolean) => void;
}

export const FrameContext = createContext<Frame>({ setCrumbs: () => undefined, setHelp: () => undefined, setHelpOpen: () => undefined });

export function useFrame(): Frame {
  return useContext(FrameContext);
}
