/** Light or dark: what the person chose, else what the system says. */
import { useSyncExternalStore } from 'react';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const storageName = 'faxbot.theme';
const listeners = new Set<() => void>();
const systemIsDark = matchMedia('(prefers-color-scheme: dark)');

/** Draws the page in the chosen theme, and again whenever the system's changes. */
export function applyTheme(): void {
  draw();
  systemIsDark.addEventListener('change', draw);
}

export function chooseTheme(theme: Theme): void {
  localStorage.setItem(storageName, theme);
  draw();
  for (const listener of listeners) listener();
}

export function useTheme(): Theme {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, readTheme);
}

function readTheme(): Theme {
  const stored = localStorage.getItem(storageName);
  return themes.find((theme) => theme === stored) ?? 'system';
}

function draw(): void {
  const theme = readTheme();
  const dark = theme === 'dark' || (theme === 'system' && systemIsDark.matches);
  document.body.classList.toggle('awsui-dark-mode', dark);
}
