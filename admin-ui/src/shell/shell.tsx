/** The frame around every page: the bar above, the way between pages, notices, and the help beside the page. */
import AppLayout from '@cloudscape-design/components/app-layout';
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import { Suspense, useMemo, useState, type ReactElement, type ReactNode } from 'react';
import { Outlet } from 'react-router';
import { TokenDialog } from '../keys/token-dialog.js';
import { useBanner } from './banner.js';
import { useFollow } from './follow.js';
import { FrameContext, type Crumb, type Frame } from './frame.js';
import { Navigation } from './navigation.js';
import { Notifications } from './notifications.js';
import { TopBar } from './top-bar.js';

export function Shell(): ReactElement {
  const follow = useFollow();
  const [crumbs, setCrumbs] = useState<readonly Crumb[]>([]);
  const [help, setHelp] = useState<ReactNode>(undefined);
  const [helpOpen, setHelpOpen] = useState(false);
  const [navigationOpen, setNavigationOpen] = useState(() => matchMedia('(min-width: 1000px)').matches);
  const frame = useMemo<Frame>(() => ({ setCrumbs, setHelp: (content) => setHelp(content), setHelpOpen }), []);
  const banner = useBanner();
  return (
    <FrameContext value={frame}>
      <TopBar />
      <TokenDialog />
      <AppLayout
        headerSelector="#top"
        navigation={<Navigation onFollowed={() => setNavigationOpen(matchMedia('(min-width: 1000px)').matches)} />}
        navigationOpen={navigationOpen}
        onNavigationChange={({ detail }) => setNavigationOpen(detail.open)}
        breadcrumbs={<BreadcrumbGroup items={[{ text: 'Admin Console', href: '/' }, ...crumbs]} onFollow={follow} />}
        notifications={<Notifications banner={banner} />}
        stickyNotifications
        tools={help}
        toolsHide={help === undefined}
        toolsOpen={helpOpen && help !== undefined}
        onToolsChange={({ detail }) => setHelpOpen(detail.open)}
        toolsWidth={380}
        content={
          <Suspense>
            <Outlet />
          </Suspense>
        }
      />
    </FrameContext>
  );
}
