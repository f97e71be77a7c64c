/** What reaches the person at the machine: warnings and errors of functions in one line each, in an amount that can be read. */
import { noticeOf } from '../../local/lambda/log-notice.js';
import { Screen } from '../../local/launch/screen.js';
import { startCore } from './core-assembly.js';

describe('a line of a log', () => {
  test.each<[string, string, string | undefined]>([
    ['at INFO says nothing', '{"level":"INFO","message":"fine, with \\"level\\":\\"WARN\\" in it"}', undefined],
    ['without a level says nothing', 'plain output', undefined],
    ['that is no JSON says nothing', '{"level":"WARN"', undefined],
    ['that is a warning of Node says nothing', '{"level":"ERROR","message":"(node:1) Warning: of the Node here"}', undefined],
    ['at WARN says its message and reason', '{"level":"WARN","message":"the bootstrap key was presented","reason":"it has ended"}', 'WARN f: the bootstrap key was presented (it has ended)'],
    ['of a logger says what its error says', '{"level":"ERROR","message":"could not append","error":{"name":"E","message":"no disk","stack":"at x"}}', 'ERROR f: could not append (no disk)'],
    ['with an error as text', '{"level":"CRITICAL","message":"lost","error":"all"}', 'CRITICAL f: lost (all)'],
    ["of Lambda's JSON format", '{"timestamp":"t","level":"ERROR","requestId":"r","message":{"message":"inner","reason":"why"}}', 'ERROR f: inner (why)'],
    ["of Lambda's own error", '{"timestamp":"t","level":"ERROR","message":"Invoke Error TypeError: x","errorType":"TypeError","errorMessage":"x"}', 'ERROR f: Invoke Error TypeError: x'],
    ['of the text format', '2026-11-25T10:00:00.000Z\tr\tWARN\tslow\rvery', 'WARN f: slow very'],
    ['that would move the cursor', '{"level":"WARN","message":"a\\u001b[2Jb\\nc"}', 'WARN f: a [2Jb c'],
    ['that is long is cut', `{"level":"WARN","message":"${'x'.repeat(1000)}"}`, `WARN f: ${'x'.repeat(231)}…`],
  ])('%s', (_case, line, notice) => {
    expect(noticeOf('f', line)).toBe(notice);
  });
});

describe('the screen', () => {
  let printed: string[];
  let ring: () => void;
  let screen: Screen;
  beforeEach(() => {
    printed = [];
    ring = () => undefined;
    screen = new Screen((line) => printed.push(line), {
      now: () => 0,
      after: (_, run) => {
        ring = run;
        return () => undefined;
      },
    });
  });

  test('shows a line once, and after a minute how often it came again', () => {
    for (let times = 0; times < 1000; times++) screen.tell('authorizer', 'WARN authorizer: wrong secret');
    screen.tell('sender', 'ERROR sender: no');
    expect(printed).toEqual(['WARN authorizer: wrong secret', 'ERROR sender: no']);
    ring();
    expect(printed.slice(2)).toEqual(['WARN authorizer: wrong secret [999 times more within a minute]']);
    screen.tell('authorizer', 'WARN authorizer: wrong secret');
    expect(printed).toHaveLength(4);
  });

  test("a source's flood of different lines is held back, and takes nothing from another source", () => {
    for (let times = 0; times < 1000; times++) screen.tell('authorizer', `line ${times}`);
    screen.tell('keys', 'the bootstrap key has ended');
    expect(printed).toHaveLength(11);
    expect(printed.at(-1)).toBe('the bootstrap key has ended');
    screen.close();
    expect(printed.slice(11)).toEqual(['authorizer: 990 further lines within a minute are not shown; the log has them.']);
  });
});

test('a function that warns, fails or takes too long is heard at the machine, one that is content is not', async () => {
  const core = await startCore({
    functions: {
      Speaker: {
        properties: { Timeout: 1, LoggingConfig: { LogGroup: { Ref: 'SpeakerLog' }, LogFormat: 'JSON' } },
        source: `
          exports.handler = async ({ how }) => {
            console.log('content');
            if (how === 'warn') console.warn({ message: 'the key has ended', reason: 'an admin key exists' });
            if (how === 'throw') throw new Error('it broke');
            if (how === 'hang') await new Promise((resolve) => setTimeout(resolve, 5000));
          };`,
      },
    },
  });
  try {
    for (const how of ['fine', 'warn', 'throw', 'hang']) await core.invoke('Speaker', { how });
    expect(core.told).toEqual([
      'WARN Speaker: the key has ended (an admin key exists)',
      expect.stringMatching(/^ERROR Speaker: Invoke Error Error: it broke/),
      'ERROR Speaker: timed out after 1 s',
    ]);
  } finally {
    await core.end();
  }
});
