/** The log of the function that carries no logger. */
import { Logger } from '@aws-lambda-powertools/logger';
import { logFailure } from '../../lambdas/platform/failure-log.js';

const asDeployed = { POWERTOOLS_SERVICE_NAME: 'authorizer', POWERTOOLS_LOG_LEVEL: 'INFO' };

describe('the line about a failure', () => {
  it.each(['Root=1-6740aaaa-0123456789abcdef01234567;Parent=53995c3f42cd8ad8;Sampled=1', ''])(
    "is the one that the other functions' logger writes, but for its time (trace %j)",
    (trace) => {
      const error = new TypeError('no such stream');
      const [ours] = written({ ...asDeployed, _X_AMZN_TRACE_ID: trace }, () => {
        logFailure('A refusal could not be written', error);
      });
      const [theirs] = written({ ...asDeployed, _X_AMZN_TRACE_ID: trace }, () => {
        new Logger().error('A refusal could not be written', error);
      });
      expect(ours).toMatchObject({ timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) });
      expect({ ...ours, timestamp: '' }).toEqual({ ...theirs, timestamp: '' });
    },
  );

  it('is one line also for what is no error', () => {
    const lines = written({}, () => {
      logFailure('A call failed', 'two\nlines');
    });
    expect(lines).toMatchObject([{ level: 'ERROR', message: 'A call failed', error: { name: 'Error', message: 'two\nlines' } }]);
  });
});

/** What is written to stderr meanwhile, each line as what its JSON says. */
function written(environment: Readonly<Record<string, string>>, act: () => void): readonly object[] {
  let text = '';
  const stderr = jest.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  const before = process.env;
  process.env = { ...before, ...environment };
  try {
    act();
  } finally {
    process.env = before;
    stderr.mockRestore();
  }
  return text.trimEnd().split('\n').map(parsed);
}

function parsed(line: string): object {
  const value: unknown = JSON.parse(line);
  if (typeof value !== 'object' || value === null) throw new Error(`Not an object: ${line}`);
  return value;
}
