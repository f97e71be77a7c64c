/** Saves the settings, as JSON for another gateway or as lines of an environment. */
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import { useState, type ReactElement } from 'react';
import { call } from '../gateway/gateway.js';
import { download } from '../shell/download.js';
import { notify } from '../shell/notifications.js';
import { describe } from '../shell/problem.js';

export function SettingsExport(): ReactElement {
  const [busy, setBusy] = useState(false);
  const save = async (format: string): Promise<void> => {
    setBusy(true);
    try {
      const exported = await call('exportSettings');
      if (format === 'json') download('faxbot-settings.json', `${JSON.stringify(exported, null, 2)}\n`, 'application/json');
      else download('faxbot-settings.env', Object.entries(exported.values).map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : String(value)}\n`).join(''), 'text/plain');
    } catch (error) {
      notify('error', `The settings were not exported: ${describe(error)}`);
    } finally {
      setBusy(false);
    }
  };
  return (
    <ButtonDropdown
      loading={busy}
      items={[
        { id: 'json', text: 'As JSON' },
        { id: 'env', text: 'As environment variables' },
      ]}
      onItemClick={({ detail }) => void save(detail.id)}
    >
      Export
    </ButtonDropdown>
  );
}
