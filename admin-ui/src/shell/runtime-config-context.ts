/** The runtime configuration, for whoever needs it. */
import { createContext, useContext } from 'react';
import type { RuntimeConfig } from '../gateway/runtime-config.js';

export const RuntimeConfigContext = createContext<RuntimeConfig>({ apiBase: '/api', stage: '', version: '', defaultCountry: 'none' });

export function useRuntimeConfig(): RuntimeConfig {
  return useContext(RuntimeConfigContext);
}
