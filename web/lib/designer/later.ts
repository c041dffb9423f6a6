/** What the first screen does not show, read while the browser has nothing else to do, so that it stands at once when it is asked for. */
export function readLater(): () => void {
  const read = (): void => {
    void Promise.allSettled([
      import('../ui/MenuList.svelte'),
      import('./canvas/NodeMenu.svelte'),
      import('./library/Finder.svelte'),
      import('./library/HoverCard.svelte'),
      import('./inspector/Inspector.svelte'),
      import('./panel/DataTab.svelte'),
      import('./panel/RunsTab.svelte'),
      import('./panel/LogsTab.svelte'),
      import('./panel/HistoryTab.svelte'),
      import('./library/NodeHelp.svelte'),
      import('./bar/DeployDialog.svelte'),
      import('./run/RunDialog.svelte'),
      import('../runs/policy/PolicyFields.svelte'),
    ]);
  };
  // Safari knows no idle time.
  if (!('requestIdleCallback' in globalThis)) {
    const timer = setTimeout(read, 1_000);
    return () => clearTimeout(timer);
  }
  const handle = requestIdleCallback(read, { timeout: 3_000 });
  return () => cancelIdleCallback(handle);
}
