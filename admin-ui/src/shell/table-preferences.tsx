/** The preferences of a table, loaded once the table is there. */
import Button from '@cloudscape-design/components/button';
import { Suspense, lazy, type ReactElement } from 'react';
import type { PreferencesProps } from './preferences-button.js';

const PreferencesButton = lazy(async () => ({ default: (await import('./preferences-button.js')).PreferencesButton }));

export function TablePreferences(props: PreferencesProps): ReactElement {
  return (
    <Suspense fallback={<Button variant="icon" iconName="settings" ariaLabel="Preferences" disabled />}>
      <PreferencesButton {...props} />
    </Suspense>
  );
}
