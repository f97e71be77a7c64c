/**
 * `npm start`: checks Node, installs packages where they are missing, then runs the local cloud in one child and looks after it.
 * Plain JavaScript that an old Node still parses, so that it can say that it is too old.
 */
import { spawn } from 'child_process';
import { clearInterval, setInterval } from 'timers';
import { prepare, root } from '../bin/install-packages.mjs';
import { bundle } from './launch/bundle.mjs';

prepare();
bundle(root).then(run);

function run(program) {
  /** Processes of functions. They end with the local cloud; after a kill -9 of it, they are ended here. */
  const processes = new Set();
  const child = spawn(process.execPath, ['--enable-source-maps', program].concat(process.argv.slice(2)), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: process.env,
    // Ctrl-C reaches this process alone, which then asks the child to end in order.
    detached: process.platform !== 'win32',
  });
  child.on('message', ({ processId, alive }) => {
    if (alive) processes.add(processId);
    else processes.delete(processId);
  });
  let asked = false;
  const stop = () => {
    if (asked) child.kill('SIGKILL');
    else if (child.connected) child.send('stop');
    asked = true;
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
  onOrphaned(stop);
  child.on('exit', (code) => {
    for (const processId of processes) end(processId);
    process.exit(code === null ? 1 : code);
  });
}

/** Whoever ends npm ends npm's shell, and that tells nobody: then this process has another parent. */
function onOrphaned(act) {
  if (process.env.npm_lifecycle_event !== 'start') return;
  const parent = process.ppid;
  const looking = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(looking);
    act();
  }, 500);
}

function end(processId) {
  try {
    process.kill(process.platform === 'win32' ? processId : -processId, 'SIGKILL');
  } catch (error) {
    // It ended by itself.
  }
}
