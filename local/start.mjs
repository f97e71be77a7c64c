/**
 * `npm start`: checks Node, installs packages where they are missing, then runs the local cloud in one child and looks after it.
 * Plain JavaScript that an old Node still parses, so that it can say that it is too old.
 */
import { spawn, spawnSync } from 'child_process';
import { existsSync, readFileSync } from 'fs';
import { dirname, join } from 'path';
import { fileURLToPath, pathToFileURL } from 'url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 6)) {
  console.error(`Faxbot needs Node 20.6 or newer; this is Node ${process.versions.node}.`);
  process.exit(1);
}
installPackages();
run();

function installPackages() {
  if (packagesAreThere()) return;
  console.log('Installing packages (npm ci) ...');
  const startedAt = Date.now();
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    console.error('The packages could not be installed; npm says above why. `npm ci` tries again.');
    process.exit(1);
  }
  console.log(`Packages are installed (${((Date.now() - startedAt) / 1000).toFixed(1)} s).`);
}

/** npm keeps a list of what it installed; every package of ours must be in it, in our version. */
function packagesAreThere() {
  const installedList = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedList)) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(installedList, 'utf8')).packages;
  return Object.keys(wanted).every(
    (path) =>
      path === '' || wanted[path].optional || (installed[path] !== undefined && installed[path].version === wanted[path].version),
  );
}

function run() {
  /** Processes of functions. They end with the local cloud; after a kill -9 of it, they are ended here. */
  const processes = new Set();
  const tsx = pathToFileURL(join(root, 'node_modules', 'tsx', 'dist', 'loader.mjs')).href;
  const child = spawn(process.execPath, ['--import', tsx, join(root, 'local', 'start.ts')].concat(process.argv.slice(2)), {
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
  child.on('exit', (code) => {
    for (const processId of processes) end(processId);
    process.exit(code === null ? 1 : code);
  });
}

function end(processId) {
  try {
    process.kill(process.platform === 'win32' ? processId : -processId, 'SIGKILL');
  } catch (error) {
    // It ended by itself.
  }
}
