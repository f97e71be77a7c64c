/** Applies what the wizard gathered: the settings first, then the key, whose token is shown; Send Fax is next. */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { settingsChangeSchema } from '../../../lambdas/contract/settings-schemas.js';
import { call } from '../gateway/gateway.js';
import type { Settings } from '../gateway/operation-types.js';
import { creationOf, type KeyDraft } from '../keys/key-draft.js';
import { titleOf } from '../keys/key-words.js';
import { showToken } from '../keys/shown-token.js';
import { notify } from '../shell/notifications.js';

interface Wanted {
  readonly settings: Settings;
  readonly values: Record<string, unknown>;
  readonly key: KeyDraft | undefined;
}

export function useSetup(): { readonly busy: boolean; readonly error: unknown; readonly apply: (wanted: Wanted) => void } {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const apply = async ({ settings, values, key }: Wanted): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await call('updateSettings', { body: { version: settings.version, values: settingsChangeSchema.parse(values) } });
      const created = key === undefined ? undefined : await call('createApiKey', { body: creationOf(key, Date.now()) });
      notify('success', 'The gateway is set up. Send a test fax to see it work.');
      void navigate(created === undefined ? '/send-fax' : `/send-fax?key=${created.key_id}`);
      if (created !== undefined) showToken({ keyId: created.key_id, name: titleOf(created), token: created.token, reason: 'created' });
    } catch (cause) {
      setError(cause);
    } finally {
      // Also where only the first half was done: a second try starts from what is in force now.
      await queries.invalidateQueries();
      setBusy(false);
    }
  };
  return { busy, error, apply: (wanted) => void apply(wanted) };
}
