import type { IconName } from '../ui/icons.ts';

export interface Place {
  readonly icon: IconName;
  readonly label: string;
  readonly href: string;
  /** Another address that belongs to it. */
  readonly also?: string;
}

/** The pages that the rail leads to. */
export const PLACES: readonly Place[] = [
  { icon: 'home', label: 'Home', href: '/' },
  { icon: 'designer', label: 'Designer', href: '/pipelines' },
  { icon: 'runs', label: 'Runs', href: '/runs' },
  { icon: 'data', label: 'Data', href: '/data', also: '/connections' },
  { icon: 'models', label: 'Models', href: '/models' },
  { icon: 'endpoints', label: 'Endpoints', href: '/endpoints' },
  { icon: 'schedules', label: 'Schedules', href: '/schedules' },
  { icon: 'compute', label: 'Compute', href: '/compute' },
];
export const SETTINGS: Place = { icon: 'settings', label: 'Settings', href: '/settings' };
/** Pages that stand within others. */
export const FURTHER_PLACES: readonly Place[] = [
  { icon: 'link', label: 'Connections', href: '/connections' },
  { icon: 'data', label: 'Storage', href: '/settings/storage' },
  { icon: 'help', label: 'Help: errors', href: '/help/errors' },
  { icon: 'help', label: 'Help: computes', href: '/help/compute' },
];
