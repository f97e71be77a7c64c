/** The console's entry: reads where the API is, then draws. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Console } from './console.js';
import { CannotStart } from './cannot-start.js';
import { connect } from './gateway/gateway.js';
import { readRuntimeConfig } from './gateway/runtime-config.js';
import { applyTheme } from './shell/theme.js';
import './console.css';

applyTheme();
const place = document.getElementById('console');
if (place === null) throw new Error('index.html has no place for the console');
const root = createRoot(place);
readRuntimeConfig().then(
  (config) => {
    connect({ apiBase: config.apiBase });
    root.render(
      <StrictMode>
        <Console config={config} />
      </StrictMode>,
    );
  },
  (error: unknown) => root.render(<CannotStart error={error} />),
);
