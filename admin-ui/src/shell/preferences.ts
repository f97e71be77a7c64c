/** How a person likes a table: its columns, how many rows a page has, how close they stand. Kept in the browser. */
import { useState } from 'react';
import * as z from 'zod/mini';

const preferencesSchema = z.object({
  pageSize: z.number(),
  wrapLines: z.boolean(),
  density: z.enum(['comfortable', 'compact']),
  columns: z.array(z.object({ id: z.string(), visible: z.boolean() })),
});

export type Preferences = z.output<typeof preferencesSchema>;

export interface ColumnChoice {
  readonly id: string;
  readonly label: string;
  readonly alwaysVisible: boolean;
  /** At first. */
  readonly visible: boolean;
}

/** What was kept of a table's preferences, and how to change them. */
export function usePreferences(table: string, choices: readonly ColumnChoice[]): [Preferences, (next: Preferences) => void] {
  const name = `faxbot.table.${table}`;
  const [preferences, setPreferences] = useState(() => read(name, choices));
  return [
    preferences,
    (next) => {
      localStorage.setItem(name, JSON.stringify(next));
      setPreferences(next);
    },
  ];
}

function read(name: string, choices: readonly ColumnChoice[]): Preferences {
  const first: Preferences = {
    pageSize: 20,
    wrapLines: true,
    density: 'comfortable',
    columns: choices.map(({ id, visible }) => ({ id, visible })),
  };
  const kept = preferencesSchema.safeParse(parse(localStorage.getItem(name)));
  if (!kept.success) return first;
  // Columns that this version does not have go; those that it has and the kept ones lack come at the end.
  const known = kept.data.columns.filter(({ id }) => choices.some((choice) => choice.id === id));
  return { ...kept.data, columns: [...known, ...first.columns.filter(({ id }) => !known.some((one) => one.id === id))] };
}

function parse(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
