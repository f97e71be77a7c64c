/** The way between the pages: those that the person signed in may use. */
import SideNavigation, { type SideNavigationProps } from '@cloudscape-design/components/side-navigation';
import type { ReactElement } from 'react';
import { useLocation } from 'react-router';
import { useHolds, useIsAdmin } from '../session/me.js';
import { useFollow } from './follow.js';

export function Navigation({ onFollowed }: { readonly onFollowed: () => void }): ReactElement {
  const follow = useFollow();
  const { pathname } = useLocation();
  const managesKeys = useHolds('keys:manage');
  const sends = useHolds('fax:send');
  const administers = useIsAdmin();
  const items: SideNavigationProps.Item[] = [
    ...(managesKeys ? [link('API Keys', '/api-keys')] : []),
    ...(sends || managesKeys ? [link('Send Fax', '/send-fax')] : []),
    ...(administers ? [link('Jobs', '/jobs')] : []),
    { type: 'divider' },
    section('Diagnostics', [link('Checks', '/diagnostics'), ...(managesKeys ? [link('API Auth', '/diagnostics/api-auth')] : [])]),
    ...(administers ? [link('Audit log', '/audit-log')] : []),
    ...(administers ? [section('Settings', [link('Security', '/settings/security'), link('Providers', '/settings/providers'), link('Sessions', '/settings/sessions')])] : []),
    ...(administers ? [{ type: 'divider' } as const, link('Setup Wizard', '/setup-wizard')] : []),
  ];
  return (
    <SideNavigation
      header={{ text: 'Faxbot', href: '/' }}
      activeHref={activeHref(pathname)}
      items={items}
      onFollow={(event) => {
        follow(event);
        onFollowed();
      }}
    />
  );
}

const pages = ['/api-keys', '/send-fax', '/jobs', '/diagnostics/api-auth', '/diagnostics', '/audit-log', '/settings/security', '/settings/providers', '/settings/sessions', '/setup-wizard'];

function activeHref(pathname: string): string {
  return pages.find((page) => pathname === page || pathname.startsWith(`${page}/`)) ?? '';
}

function link(text: string, href: string): SideNavigationProps.Link {
  return { type: 'link', text, href };
}

function section(text: string, items: SideNavigationProps.Link[]): SideNavigationProps.Section {
  return { type: 'section', text, items };
}
