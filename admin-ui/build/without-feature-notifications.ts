/**
 * Leaves out the drawer in which consoles of AWS announce features: this console never opens it, and its list brings a
 * library for dragging into the first load. Where Cloudscape moves that file, nothing is left out, and the budget says so.
 */
import type { Plugin } from 'vite';

const drawer = /feature-notifications-drawer-content(\.js)?$/;
const nothing = '\0no-feature-notifications';

export function withoutFeatureNotifications(): Plugin {
  return {
    name: 'without-feature-notifications',
    apply: 'build',
    enforce: 'pre',
    resolveId: (source) => (drawer.test(source) ? nothing : undefined),
    load: (id) => (id === nothing ? 'export default () => null; export const RuntimeContentPart = () => null;' : undefined),
  };
}
