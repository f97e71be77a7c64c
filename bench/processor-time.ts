/** The processor time of a process and all that it started, which says more than the clock on a machine that others use too. */
import { readdirSync, readFileSync } from 'node:fs';

/** The kernel counts in hundredths of a second. */
const millisecondsOfTick = 10;

/** Milliseconds so far, of the processes that are alive; undefined where the system has no /proc. */
export function processorMilliseconds(root: number): number | undefined {
  const processes = [...readProcesses()];
  if (processes.length === 0) return undefined;
  const family = new Set([root]);
  let total = 0;
  // A process is younger than its parent, but its number may be lower: so look until nobody is found any more.
  for (let before = 0; before < family.size; ) {
    before = family.size;
    for (const { id, parent } of processes) if (family.has(parent)) family.add(id);
  }
  for (const { id, ticks } of processes) if (family.has(id)) total += ticks * millisecondsOfTick;
  return total;
}

function* readProcesses(): Generator<{ readonly id: number; readonly parent: number; readonly ticks: number }> {
  for (const name of entriesOf('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const line = readFileSync(`/proc/${name}/stat`, 'latin1');
      // The program's name, in parentheses, may hold anything; what is behind it has fixed places (man 5 proc).
      const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
      yield { id: Number(name), parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
    } catch {
      // It ended in the meantime.
    }
  }
}

function entriesOf(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
