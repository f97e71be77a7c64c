/** A page: its title, what leads to it, what it is about, its actions, and what stands beside it. */
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import { useEffect, type ReactElement, type ReactNode } from 'react';
import { useFrame, type Crumb } from './frame.js';

export interface PageProps {
  readonly title: string;
  /** What leads here, the nearest last, without the page itself. */
  readonly path?: readonly Crumb[];
  readonly description?: ReactNode;
  readonly actions?: ReactNode;
  readonly info?: ReactNode;
  /** The help beside the page; opened at once where `helpOpen`. */
  readonly help?: ReactNode;
  readonly helpOpen?: boolean;
  /** The content has a header of its own, such as a table over the whole page. */
  readonly headless?: boolean;
  readonly children: ReactNode;
}

const noPath: readonly Crumb[] = [];

export function Page({ title, path = noPath, description, actions, info, help, helpOpen = false, headless = false, children }: PageProps): ReactElement {
  const { setCrumbs, setHelp, setHelpOpen } = useFrame();
  const trail = JSON.stringify(path);
  useEffect(() => {
    document.title = `${title} · Admin Console · Faxbot`;
    setCrumbs([...path, { text: title, href: '' }]);
    // The trail's text stands for the path, which is made anew at each drawing.
  }, [title, trail, setCrumbs]);
  useEffect(() => {
    setHelp(help);
    return () => setHelp(undefined);
  }, [help, setHelp]);
  useEffect(() => {
    if (helpOpen) setHelpOpen(matchMedia('(min-width: 1000px)').matches);
    return () => setHelpOpen(false);
  }, [helpOpen, setHelpOpen]);
  if (headless) return <>{children}</>;
  return (
    <ContentLayout
      header={
        <Header variant="h1" description={description} actions={actions} info={info}>
          {title}
        </Header>
      }
    >
      {children}
    </ContentLayout>
  );
}
