/**
 * What the stack says, on the screen of the person at the machine, in an amount that can be read: a line that comes again
 * within a minute is counted and told once more at its end, and one source has ten different lines in that time.
 */
import type { Timers } from '../scheduler/timers.js';

const minute = 60_000;
const linesOfSource = 10;

interface Source {
  /** Line → how often it came again since it was shown. */
  readonly shown: Map<string, number>;
  /** Lines that were not shown. */
  heldBack: number;
}

export class Screen {
  readonly #sources = new Map<string, Source>();
  #cancelTimer: (() => void) | undefined;

  constructor(
    private readonly print: (line: string) => void,
    private readonly timers: Timers,
  ) {}

  /** @param source who says it, such as a function's name: another one's flood takes nothing from it */
  tell(source: string, line: string): void {
    const known = this.#sources.get(source) ?? { shown: new Map<string, number>(), heldBack: 0 };
    this.#sources.set(source, known);
    const again = known.shown.get(line);
    if (again !== undefined) known.shown.set(line, again + 1);
    else if (known.shown.size >= linesOfSource) known.heldBack += 1;
    else {
      known.shown.set(line, 0);
      this.print(line);
    }
    this.#cancelTimer ??= this.timers.after(minute, () => { this.close(); });
  }

  /** Tells what was counted. The next minute begins with the next line. */
  close(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    for (const [source, { shown, heldBack }] of this.#sources) {
      for (const [line, again] of shown) if (again > 0) this.print(`${line} [${again} times more within a minute]`);
      if (heldBack > 0) this.print(`${source}: ${heldBack} further lines within a minute are not shown; the log has them.`);
    }
    this.#sources.clear();
  }
}
