/** Prints measurements as one table. */
import { isMet, type Measurement, type Target } from './measurement.js';

/** The lines of the table: what, target, measured, mark, remark. */
export function renderTable(rows: readonly { readonly bench: string; readonly measurement: Measurement }[]): string {
  const cells = [
    ['bench', 'what', 'target', 'measured', '', ''],
    ...rows.map(({ bench, measurement }) => [
      bench,
      measurement.what,
      measurement.target === undefined ? '' : renderTarget(measurement.target, measurement.unit),
      renderValue(measurement.value, measurement.unit),
      mark(isMet(measurement)),
      measurement.remark ?? '',
    ]),
  ];
  const widths = cells[0]?.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0))) ?? [];
  const numeric = new Set([2, 3]);
  return cells
    .map((row) => row.map((cell, column) => (numeric.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0))).join('  ').trimEnd())
    .join('\n');
}

function mark(met: boolean | undefined): string {
  if (met === undefined) return '';
  return met ? 'met' : 'MISSED';
}

function renderTarget({ kind, value }: Target, unit: string): string {
  return `${kind === 'at-most' ? '<=' : '>='} ${renderValue(value, unit)}`;
}

function renderValue(value: number, unit: string): string {
  const digits = Number.isInteger(value) || Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  const number = value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return unit === '' ? number : `${number} ${unit}`;
}
