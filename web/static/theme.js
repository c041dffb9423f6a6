// Runs before the first paint, so that a dark page never flashes light. Shares its key with web/lib/ui/theme.svelte.ts.
(function () {
  var choice = null;
  try {
    choice = localStorage.getItem('modelwright.theme');
  } catch {
    // Storage may be refused; the system's preference then decides.
  }
  var dark = choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.classList.toggle('dark', dark);
})();
