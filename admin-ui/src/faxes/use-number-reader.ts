/** How the gateway reads a number, by its own rule. The numbers of the world come after the page, which does not wait for them. */
import { useEffect, useState } from 'react';
import type { readFaxNumber } from '../../../lambdas/faxes/number.js';

type Reader = typeof readFaxNumber;

/** Undefined until it is there: then the gateway alone judges. */
export function useNumberReader(): Reader | undefined {
  const [reader, setReader] = useState<{ readonly read: Reader }>();
  useEffect(() => {
    import('../../../lambdas/faxes/number.js').then(
      ({ readFaxNumber: read }) => setReader({ read }),
      () => undefined,
    );
  }, []);
  return reader?.read;
}
