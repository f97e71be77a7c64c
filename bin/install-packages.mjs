/**
 * What `npm start` and `npm test` need before anything else: a Node that is new enough, and the packages of the lock file.
 * Plain JavaScript that an old Node still parses, so that it can say that it is too old.
 */
import { spawnSync } from 'child_process';
import { existsSync, readFileSync } from 'fs';
import { dirname, join } from 'path';
import { fileURLToPath } from 'url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Ends the process with one sentence where Node is too old or the packages can't be installed. */
export function prepare() {
  requireNode();
  installPackages();
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 6)) return;
  console.error(`Faxbot needs Node 20.6 or newer; this is Node ${process.versions.node}.`);
  process.exit(1);
}

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
