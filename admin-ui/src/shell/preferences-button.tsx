/** The button and the dialog of a table's preferences. It brings a library for dragging, so it comes after the page. */
import CollectionPreferences from '@cloudscape-design/components/collection-preferences';
import type { ReactElement } from 'react';
import type { ColumnChoice, Preferences } from './preferences.js';

export interface PreferencesProps {
  readonly choices: readonly ColumnChoice[];
  readonly preferences: Preferences;
  readonly onChange: (next: Preferences) => void;
}

export function PreferencesButton({ choices, preferences, onChange }: PreferencesProps): ReactElement {
  return (
    <CollectionPreferences
      title="Preferences"
      confirmLabel="Confirm"
      cancelLabel="Cancel"
      preferences={{ pageSize: preferences.pageSize, wrapLines: preferences.wrapLines, contentDensity: preferences.density, contentDisplay: preferences.columns }}
      onConfirm={({ detail }) =>
        onChange({
          pageSize: detail.pageSize ?? preferences.pageSize,
          wrapLines: detail.wrapLines ?? preferences.wrapLines,
          density: detail.contentDensity ?? preferences.density,
          columns: (detail.contentDisplay ?? []).map(({ id, visible }) => ({ id, visible })),
        })
      }
      pageSizePreference={{ title: 'Rows on a page', options: [10, 20, 50, 100].map((value) => ({ value, label: `${value} rows` })) }}
      wrapLinesPreference={{ label: 'Wrap lines', description: 'Show all of the text' }}
      contentDensityPreference={{ label: 'Compact', description: 'More rows in the same space' }}
      contentDisplayPreference={{ title: 'Columns', options: choices.map(({ id, label, alwaysVisible }) => ({ id, label, alwaysVisible })) }}
    />
  );
}
