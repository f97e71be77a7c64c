/** Saves what a filter finds, one event a line, the newest first. */
import { useState } from 'react';
import { call } from '../gateway/gateway.js';
import { download } from '../shell/download.js';
import { notify } from '../shell/notifications.js';
import { auditQuery, type AuditFilter } from './use-audit-log.js';

const most = 10_000;

export function useExport(): { readonly busy: boolean; readonly error: unknown; readonly save: (filter: AuditFilter) => void } {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const save = async (filter: AuditFilter): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const lines = await readAll(filter);
      download(`faxbot-audit-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}.jsonl`, lines.map((line) => `${line}\n`).join(''), 'application/jsonl');
      notify('success', `${lines.length} ${lines.length === 1 ? 'event is' : 'events are'} exported${lines.length >= most ? `, the newest ${most} of them: narrow the time for the rest` : ''}.`);
    } catch (cause) {
      setError(cause);
    } finally {
      setBusy(false);
    }
  };
  return { busy, error, save: (filter) => void save(filter) };
}

async function readAll(filter: AuditFilter): Promise<string[]> {
  const lines: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null && lines.length < most) {
    const { items, next_cursor }: { readonly items: readonly object[]; readonly next_cursor: string | null } = await call('readAuditLog', { query: auditQuery(filter, 1_000, cursor) });
    lines.push(...items.map((event) => JSON.stringify(event)));
    cursor = next_cursor;
  }
  return lines;
}
