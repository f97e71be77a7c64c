/** The bar above everything: where one is, as whom, in which colours, and the way out. */
import TopNavigation from '@cloudscape-design/components/top-navigation';
import type { ReactElement } from 'react';
import { nameOf, useIsAdmin, useMe } from '../session/me.js';
import { useSignOut } from '../session/session.js';
import { useFollow } from './follow.js';
import { useRuntimeConfig } from './runtime-config-context.js';
import { chooseTheme, themes, useTheme } from './theme.js';

const themeNames = { system: 'As the system', light: 'Light', dark: 'Dark' } as const;

export function TopBar(): ReactElement {
  const follow = useFollow();
  const me = useMe();
  const administers = useIsAdmin();
  const theme = useTheme();
  const { stage, version } = useRuntimeConfig();
  const signOut = useSignOut();
  return (
    <div id="top">
      <TopNavigation
        identity={{ href: '/', title: 'Admin Console', logo: { src: '/faxbot.svg', alt: 'Faxbot' }, onFollow: (event) => follow({ preventDefault: () => event.preventDefault(), detail: { href: '/' } }) }}
        utilities={[
          { type: 'button', text: `Stage: ${stage}`, title: `Version ${version}`, disableUtilityCollapse: false, href: '/settings/security', onFollow: follow },
          {
            type: 'menu-dropdown',
            iconName: 'settings',
            ariaLabel: 'Appearance',
            title: 'Appearance',
            items: themes.map((one) => ({ id: one, text: themeNames[one], itemType: 'checkbox' as const, checked: one === theme })),
            onItemClick: ({ detail }) => chooseTheme(themes.find((one) => one === detail.id) ?? 'system'),
          },
          {
            type: 'menu-dropdown',
            iconName: 'user-profile',
            text: nameOf(me),
            description: me.scopes.join(', '),
            items: [
              ...(administers ? [{ id: 'sessions', text: 'Sessions', href: '/settings/sessions' }] : []),
              { id: 'sign-out', text: 'Sign out' },
            ],
            onItemFollow: follow,
            onItemClick: ({ detail }) => {
              if (detail.id === 'sign-out') void signOut();
            },
          },
        ]}
      />
    </div>
  );
}
